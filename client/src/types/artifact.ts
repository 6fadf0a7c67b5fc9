/** A file that the marketplace keeps: an input you uploaded, or an output of a job. */
export interface Artifact {
  artifactId: string;
  /** null for an upload. */
  jobId: string | null;
  attempt: number | null;
  /** Relative path with forward slashes. */
  name: string;
  bytes: number;
  /** Lowercase hexadecimal. */
  sha256: string;
  mediaType: string;
  createdAt: string;
  expiresAt: string;
}

/** A file that a job has made. `link` downloads it without a key; whoever has it may. */
export interface JobArtifact extends Artifact {
  link: string;
}

/** A file that the marketplace kept, and no longer does. */
export interface RemovedArtifact extends Omit<Artifact, 'expiresAt'> {
  removedAt: string;
  reason: 'expired' | 'deleted' | 'replaced';
}

/** An upload that is not whole yet. */
export interface Upload {
  artifactId: string;
  name: string;
  bytes: number;
  /** Each part has so many bytes, the last one what is left. */
  partBytes: number;
  sha256: string | null;
  state: 'open' | 'complete';
  /** What has come and need not be sent again; ends are exclusive. */
  received: { start: number; end: number }[];
  expiresAt: string;
}
