import type { NewEvent } from '@node3/shared/events';
import type { GpuRequirement, Language } from '@node3/shared/job-spec';

/** A snippet as lists have it: without its code. */
export interface SnippetListing {
  snippetId: string;
  accountId: string;
  /** Of its own within the account. */
  name: string;
  description: string | null;
  language: Language;
  codeBytes: number;
  /** Grows with each change. */
  version: number;
  createdAtMs: number;
  updatedAtMs: number;
}

export interface SnippetRow extends SnippetListing {
  code: string;
  /** What a job from it has where nothing else is said. */
  defaults: { image: string | null; gpus: GpuRequirement | null; runSec: number | null };
}

export interface SnippetStore {
  /** Rejects with LIMIT_REACHED past `max` of the account, and SNIPPET_NAME_TAKEN. */
  createSnippet(snippet: SnippetRow, max: number, events: NewEvent[]): Promise<void>;
  snippet(snippetId: string): Promise<SnippetRow | null>;
  /** All of an account, in no order: as many as it may have. */
  snippetsOfAccount(accountId: string): Promise<SnippetListing[]>;
  /**
   * Stores what `change` makes of a snippet. It may throw, and then nothing is stored. Rejects with
   * SNIPPET_NOT_FOUND and SNIPPET_NAME_TAKEN.
   */
  changeSnippet(
    snippetId: string,
    change: (snippet: SnippetRow) => { snippet: SnippetRow; events: NewEvent[] },
  ): Promise<SnippetRow>;
  /** Again it changes nothing. */
  deleteSnippet(snippetId: string, events: (snippet: SnippetRow) => NewEvent[]): Promise<void>;
}
