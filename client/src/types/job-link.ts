/** What a link to a job shows. */
export type LinkPart = 'job' | 'logs' | 'artifacts';

/** How a job is shared; all of it for a week where nothing is said. */
export interface ShareInput {
  shows?: LinkPart[];
  /** This file and nothing else, instead of `shows`. */
  artifactId?: string;
  /** At most ninety days. */
  expiresSec?: number;
  /** Requests that it answers: a page of a log and a part of a file is one each. */
  usesMax?: number;
}

/** A link to a job. */
export interface JobLink {
  linkId: string;
  jobId: string;
  /** Empty where it shows one artifact. */
  shows: LinkPart[];
  artifactId: string | null;
  createdAt: string;
  expiresAt: string;
  usesMax: number | null;
  uses: number;
  lastUsedAt: string | null;
  revokedAt: string | null;
}

/** A link that was just made. */
export interface NewJobLink extends JobLink {
  /** A path of the marketplace, for whoever has it; it is not shown again. */
  url: string;
}
