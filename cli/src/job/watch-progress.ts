import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@node3/shared/client';
import { isTerminalJob } from '@node3/shared/job-state';
import { getJob, type JobDetail } from '@node3/shared/routes/jobs';
import type { Patience } from './patience.ts';

export interface WatchOptions {
  client: Client;
  jobId: string;
  patience: Patience;
  signal: AbortSignal;
}

export interface ProgressOptions extends WatchOptions {
  /** Called for every sight that is new and not an end. */
  onChange(job: JobDetail): Promise<void>;
}

/** The marketplace answers as soon as something is new; how far an image is may take as long as this. */
const waitSec = 5;
const answerMs = 15_000;
/** Between looks at a marketplace that can't wait, and at one that has too many waiting. */
const pauseMs = 200;
const crowdedPauseMs = 2_000;

/** Follows a job until it ends or the signal aborts. */
export async function watchProgress(options: ProgressOptions): Promise<void> {
  const { signal, patience } = options;
  let last: Sight | null = null;
  while (!signal.aborted) {
    try {
      const sight: Sight = await look(options, last);
      patience.succeed();
      if (isTerminalJob(sight.job.state)) return;
      if (last === null || last.tag !== sight.tag || sight.tag === null) {
        await options.onChange(sight.job);
      }
      last = sight;
    } catch (error) {
      if (signal.aborted) return;
      await patience.fail(error).catch((cause: unknown) => {
        if (!signal.aborted) throw cause;
      });
    }
  }
}

/** Reads the job until `done` says yes. Throws what `patience` no longer bears. */
export async function waitForJob(
  options: WatchOptions & { done(job: JobDetail): boolean },
): Promise<JobDetail> {
  const { patience } = options;
  let last: Sight | null = null;
  while (last === null || !options.done(last.job)) {
    try {
      last = await look(options, last);
      patience.succeed();
    } catch (error) {
      await patience.fail(error);
    }
  }
  return last.job;
}

interface Sight {
  job: JobDetail;
  /** Names this state of it; null where the marketplace gives none. */
  tag: string | null;
}

/** The job as it is, or as it is once it differs from what was seen last, or after a while. */
async function look({ client, jobId, signal }: WatchOptions, last: Sight | null): Promise<Sight> {
  if (last !== null && last.tag === null) await sleep(pauseMs, undefined, { signal });
  const since = last?.tag ?? null;
  let headers = new Headers();
  const job = await client.call(
    getJob,
    { params: { jobId }, query: since === null ? {} : { wait: waitSec, since } },
    {
      signal,
      ...(since === null ? {} : { timeoutMs: waitSec * 1_000 + answerMs }),
      onAnswer: (answered) => {
        headers = answered;
      },
    },
  );
  if (since !== null && !headers.has('preference-applied')) {
    await sleep(crowdedPauseMs, undefined, { signal });
  }
  return { job, tag: headers.get('etag') };
}
