import type { LogStreams } from './job-store.ts';

/** What is done with logs as a whole; their lines are the business of `JobStore`. */
export interface LogStore {
  /** The sequence number after which the last `count` lines of these streams begin. */
  logTail(tail: { jobId: string; stream: LogStreams; count: number }): Promise<number>;
  /** When the log of a job was removed; null while it is kept. */
  logRemovedAtMs(jobId: string): Promise<number | null>;
  /** Jobs that ended before a time and whose log is still there, oldest first, at most `limit`. */
  expiredLogs(endedBeforeMs: number, limit: number): Promise<string[]>;
  /**
   * Says that the log of a job is removed, and deletes some of its chunks, oldest first.
   * @returns whether none is left. The time of the first call stays.
   */
  removeLog(jobId: string, chunksMax: number, nowMs: number): Promise<boolean>;
}
