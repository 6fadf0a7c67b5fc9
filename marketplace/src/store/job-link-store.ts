import type { NewEvent } from '@node3/shared/events';
import type { LinkPart } from '@node3/shared/routes/job-links';

/** A link to a job. What makes it a secret, its signature, is not stored. */
export interface JobLinkRow {
  linkId: string;
  /** Whose job it is. */
  accountId: string;
  jobId: string;
  /** Empty where it shows one artifact. */
  shows: LinkPart[];
  artifactId: string | null;
  createdAtMs: number;
  expiresAtMs: number;
  usesMax: number | null;
  uses: number;
  lastUsedAtMs: number | null;
  revokedAtMs: number | null;
}

export interface JobLinkStore {
  /** Forgets links of the job that ended, where it would have more than `max`; else LIMIT_REACHED. */
  createJobLink(link: JobLinkRow, max: number, events: NewEvent[]): Promise<void>;
  jobLink(linkId: string): Promise<JobLinkRow | null>;
  /** Newest first: as many as a job may have. */
  linksOfJob(jobId: string): Promise<JobLinkRow[]>;
  /** Counts a use. null where the link is none, revoked, expired or used up: then nothing is counted. */
  useJobLink(linkId: string, nowMs: number): Promise<JobLinkRow | null>;
  /** Again it changes nothing. null for an unknown one. */
  revokeJobLink(linkId: string, nowMs: number, events: NewEvent[]): Promise<JobLinkRow | null>;
}
