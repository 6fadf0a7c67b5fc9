import type { ReplyOf } from '@node3/shared/contract';
import { isTerminalJob } from '@node3/shared/job-state';
import type {
  getSharedJob,
  getSharedLogs,
  listSharedArtifacts,
} from '@node3/shared/routes/job-links';

type Job = ReplyOf<typeof getSharedJob>;
type LogPage = ReplyOf<typeof getSharedLogs>;
type Files = ReplyOf<typeof listSharedArtifacts>;
export type EmbedFile = Files['data'][number];

/** What was read of a job by its link; null: the link doesn't show it. */
export interface EmbedJob {
  job: Job | null;
  /** The last lines, oldest first. */
  lines: readonly string[] | null;
  isLogRemoved: boolean;
  /** Where the log goes on. */
  nextAfter: number;
  files: readonly EmbedFile[];
  /** Nothing will change any more. */
  isOver: boolean;
}

/** Asks for a part of what is shared; null where the link doesn't show it, or nothing any more. */
export type Ask = <T>(part: '' | '/logs' | '/artifacts', query?: LogQuery) => Promise<T | null>;
export interface LogQuery {
  after: string;
  last: string;
  limit: string;
}

/**
 * Reads what is new since `before`. Each request is a use of the link, so only what it shows is asked
 * for, of the log only what follows, and files at the end. null: the link shows nothing any more.
 */
export async function readRound(
  ask: Ask,
  before: EmbedJob | null,
  linesMax: number,
): Promise<EmbedJob | null> {
  const job = await ask<Job>('');
  // Who was shown the job and isn't any more has a link that ended.
  if (job === null && before !== null && before.job !== null) return null;
  const isShown = (part: 'logs' | 'artifacts') => job === null || job.shows.includes(part);
  const nextAfter = before?.nextAfter ?? 0;
  const lines = `${linesMax}`;
  const selected = { after: `${nextAfter}`, last: lines, limit: lines };
  const log = isShown('logs') ? await ask<LogPage>('/logs', selected) : null;
  const isOver = (job === null || isTerminalJob(job.state)) && (log === null || log.ended);
  const readsFiles = isShown('artifacts') && (before === null || isOver);
  const files = readsFiles ? await ask<Files>('/artifacts') : null;
  if (job === null && log === null && files === null) return null;
  const texts = log?.data.map(({ text }) => text) ?? [];
  return {
    job,
    lines: log === null ? null : [...(before?.lines ?? []), ...texts].slice(-linesMax),
    isLogRemoved: log !== null && log.removedAt !== null,
    nextAfter: log?.nextAfter ?? nextAfter,
    files: files?.data ?? before?.files ?? [],
    isOver,
  };
}
