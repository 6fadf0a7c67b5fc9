/**
 * What replicas of one marketplace tell each other: that there is something to read, never what it
 * is. A hint that is lost costs time and nothing else, since everything is in the store.
 */
export type Hint =
  /** The event log reaches to this number. */
  | { kind: 'events'; seq: number }
  /** These jobs have new lines. */
  | { kind: 'logs'; jobIds: readonly string[] }
  /** Agents have come, gone, or moved from one replica to another. */
  | { kind: 'homes' }
  /** Hints may be missing before this one: whoever listens looks at everything. */
  | { kind: 'gap' };

/**
 * Carries hints to the other replicas. Bounded: what was not sent yet is put together, and becomes a
 * gap where it is too much. Hints of one kind arrive in the order in which they were told.
 */
export interface EventBus {
  /** Tells the others, some milliseconds later at most. Never throws, and never waits. */
  tell(hint: Hint): void;
  /** One listener at most; it hears what others tell, and nothing of its own. */
  listen(listener: (hint: Hint) => void): void;
  /** Sends nothing more, and hears nothing. */
  close(): Promise<void>;
}
