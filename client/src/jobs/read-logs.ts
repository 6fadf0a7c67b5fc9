import { follow } from '../http/follow.ts';
import type { FollowOptions } from '../http/patience.ts';
import type { Transport } from '../http/transport.ts';
import type { LogLine, LogStream } from '../types/job.ts';
import { callOf, type JobRef } from './job-ref.ts';

/** Which lines of a log: every part that is given leaves out more. */
export interface LogOptions extends FollowOptions {
  /** false: what is there now. Otherwise lines as they come, until the job is over. */
  follow?: boolean;
  /** Lines after this `seq`: to go on where an earlier program stopped. */
  after?: number;
  /** So many lines from the end, to begin with. */
  last?: number;
  /** Lines from this time on, RFC 3339, by the clocks of the agents. */
  since?: string;
  /** All three where nothing is said. */
  streams?: LogStream[];
}

interface LogPage {
  data: LogLine[];
  nextAfter: number;
  ended: boolean;
}

/** Lines in the order of their `seq`, none lost and none twice, over broken connections and restarts. */
export async function* readLogs(
  transport: Transport,
  job: JobRef,
  options: LogOptions = {},
): AsyncGenerator<LogLine, void, undefined> {
  const { last, since, streams, after = 0 } = options;
  const selection = { stream: streams?.join(',') };
  const queryAfter = (seq: number) =>
    // What chooses the beginning is said once: it would choose another one later.
    seq === after ? { ...selection, last, since, after: seq } : { ...selection, after: seq };
  if (options.follow !== false) {
    yield* follow<LogLine>(transport, {
      after,
      options,
      call: (seq) => ({
        method: 'GET',
        ...callOf(job, '/logs'),
        query: { ...queryAfter(seq ?? 0), follow: true },
      }),
    });
    return;
  }
  let seq = after;
  for (;;) {
    const page = await transport.json<LogPage>({
      method: 'GET',
      ...callOf(job, '/logs'),
      query: queryAfter(seq),
      repeat: 'any',
      options,
    });
    yield* page.data;
    if (page.ended || page.data.length === 0) return;
    seq = page.nextAfter;
  }
}
