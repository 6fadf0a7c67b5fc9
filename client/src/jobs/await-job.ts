import { type FollowOptions, Patience } from '../http/patience.ts';
import { backoffMs, sleep } from '../http/sleep.ts';
import type { Transport } from '../http/transport.ts';
import type { EndedJob, Job } from '../types/job.ts';
import { callOf, isEnded, type JobRef } from './job-ref.ts';

/** How `jobs.wait` waits. */
export interface WaitOptions extends FollowOptions {
  /** Hears of the job when it has another state or attempt than before, within about two seconds. */
  onChange?: (job: Job) => void;
}

/** The marketplace holds a request for so long, until the job is over. */
const preferSec = 25;
/** Who wants to hear of other changes asks more often. */
const preferSecOnChange = 2;
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
  let seen = '';
  for (let looks = 1; ; looks += 1) {
    const often = looks === 1 ? 0 : preferSecOnChange;
    const waitSec = onChange === undefined ? preferSec : often;
    const found = await look(waitSec);
    if (found === null) continue;
    const sight = `${found.job.state} ${found.job.attempt}`;
    if (sight !== seen) onChange?.(found.job);
    seen = sight;
    if (isEnded(found.job)) return found.job;
    if (!found.waited) await sleep(backoffMs(looks), signal);
  }

  /** null when there was no answer and another try may help. */
  async function look(waitSec: number): Promise<{ job: Job; waited: boolean } | null> {
    try {
      const { body, headers } = await transport.answer({
        ...call,
        headers: { prefer: `wait=${waitSec}` },
        options: { timeoutMs: timeoutMs + waitSec * 1_000, ...(signal && { signal }) },
      });
      patience.progressed();
      return { job: body as Job, waited: waitSec === 0 || headers.has('preference-applied') };
    } catch (error) {
      await patience.fail(error);
      return null;
    }
  }
}
