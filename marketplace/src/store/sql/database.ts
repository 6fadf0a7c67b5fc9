import type { EventRow } from '../rows.ts';
import type { Tx, Work } from './work.ts';

/** An engine: what runs works in transactions. */
export interface Database {
  /** Runs a write. Resolves after its commit is on disk; a throw inside rolls only this one back. */
  write<T>(work: (tx: Tx) => Work<T>): Promise<T>;
  /** Runs a read. All of it sees the same commits, and those that were answered before it was asked. */
  read<T>(work: (tx: Tx) => Work<T>): Promise<T>;
  /**
   * Called after each commit, before its writes are answered, with the events it stored in the order
   * of their numbers. A new listener replaces the old one.
   */
  onEvents(listener: (events: EventRow[]) => void): void;
  /** Writes everything as it is at one moment into a new SQLite file. */
  backUp(file: string): Promise<void>;
  /** Commits so far: tells how well writes share them. */
  readonly commits: number;
  /** Finishes what is queued, then closes. */
  close(): Promise<void>;
}
