import { type FollowOptions, Patience } from '../http/patience.ts';
import { backoffMs, sleep } from '../http/sleep.ts';
import type { Transport } from '../http/transport.ts';
import type { EndedJob, Job } from '../types/job.ts';
import { callOf, isEnded, type JobRef } from './job-ref.ts';

/** How `jobs.wait` waits. */
export interface WaitOptions extends FollowOptions {
  /**
   * Hears of the job when it has another state or attempt than before, and of how far its image is: at once,
   * or within seconds where the marketplace is many.
   */
  onChange?: (job: Job) => void;
}

/** The marketplace holds a request for so long, until the job is over. */
const untilEndSec = 25;
/** Who wants to hear of other changes asks for them, and more often. */
const untilChangeSec = 5;
const answerMsUsual = 15_000;

/**
 * Resolves when a job is over. The marketplace is asked to answer then and not before; one that can't
 * is asked again and again, more and more rarely.
 */
export async function awaitJob(
  transport: Transport,
  job: JobRef,
  options: WaitOptions = {},
): Promise<EndedJob> {
  const { signal, timeoutMs = answerMsUsual, onChange } = options;
  const patience = new Patience(options);
  const call = { method: 'GET', ...callOf(job), repeat: 'any', retriesMax: 0 } as const;
  let last: Look | null = null;
  let seen = '';
  for (let looks = 1; ; looks += 1) {
    const found = await look();
    if (found === null) continue;
    last = found;
    const { job: sight, waited } = found;
    const text = JSON.stringify([sight.state, sight.attempt, sight.executions.at(-1)?.imagePull]);
    if (text !== seen) onChange?.(sight);
    seen = text;
    if (isEnded(sight)) return sight;
    if (!waited) await sleep(backoffMs(looks), signal);
  }

  /** null when there was no answer and another try may help. */
  async function look(): Promise<Look | null> {
    const waitSec = onChange === undefined ? untilEndSec : last === null ? 0 : untilChangeSec;
    // Without a tag, the marketplace waits for the end alone.
    const since = onChange === undefined ? null : (last?.tag ?? null);
    try {
      const { body, headers } = await transport.answer({
        ...call,
        ...(since !== null && { query: { since } }),
        headers: { prefer: `wait=${waitSec}` },
        options: { timeoutMs: timeoutMs + waitSec * 1_000, ...(signal && { signal }) },
      });
      patience.progressed();
      const waited = waitSec === 0 || headers.has('preference-applied');
      return { job: body as Job, waited, tag: headers.get('etag') };
    } catch (error) {
      await patience.fail(error);
      return null;
    }
  }
}

interface Look {
  job: Job;
  waited: boolean;
  tag: string | null;
}
