/** Limits of documents of other systems. What becomes of them has the limits of jobs beside these. */
export const importLimits = {
  /** As much as a job; their files are addresses. */
  documentBytes: 512 * 1024,
  /** Theirs are nested in ten levels at most. */
  documentDepth: 24,
  /** Values in one document, so that walking through it takes some milliseconds. */
  documentValues: 20_000,
  /** Jobs that one document makes: they are posted in one transaction. */
  jobsPerImport: 100,
  /** Warnings and refusals that are told one by one. */
  findings: 100,
  /** Minutes that a run may take where neither the document nor whoever imports it says: an hour, as Nosana's. */
  timeoutMinutes: 60,
} as const;
