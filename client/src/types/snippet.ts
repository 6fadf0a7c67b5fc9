import type { JobResources, ScriptWorkload } from './job-spec.ts';

/** A script to keep, with what it usually needs. */
export interface SnippetInput {
  /** Of its own within the account; 1 to 128 characters. */
  name: string;
  description?: string;
  language: ScriptWorkload['language'];
  /** At most 100 KiB. */
  code: string;
  image?: string;
  gpus?: NonNullable<JobResources['gpus']>;
  /** Seconds after which a run is stopped. */
  runSec?: number;
}

/** A snippet as lists have it. */
export interface SnippetSummary {
  snippetId: string;
  name: string;
  description: string | null;
  language: ScriptWorkload['language'];
  codeBytes: number;
  /** Grows with each change. */
  version: number;
  createdAt: string;
  updatedAt: string;
}

/** A snippet with its code. */
export interface Snippet extends SnippetSummary {
  code: string;
  image: string | null;
  gpus: NonNullable<JobResources['gpus']> | null;
  runSec: number | null;
}
