import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@node3/shared/client';
import { isTerminalJob } from '@node3/shared/job-state';
import { getJob, type JobDetail } from '@node3/shared/routes/jobs';
import type { Patience } from './patience.ts';

export interface ProgressOptions {
  client: Client;
  jobId: string;
  patience: Patience;
  signal: AbortSignal;
  /** Called for the first sight of every new state or attempt that is not an end. */
  onChange(job: JobDetail): Promise<void>;
}

/** Quick while somebody waits for a machine, slow once the log speaks for itself. */
const waitingPauseMs = 300;
const runningPauseMs = 3_000;

/** Follows the state of a job until it ends or the signal aborts. */
export async function watchProgress(options: ProgressOptions): Promise<void> {
  const { client, jobId, patience, signal } = options;
  let seen = '';
  while (!signal.aborted) {
    try {
      const job = await client.call(getJob, { params: { jobId } }, { signal });
      patience.succeed();
      if (isTerminalJob(job.state)) return;
      const sight = `${job.state} ${job.attempt}`;
      if (sight !== seen) await options.onChange(job);
      seen = sight;
      const pauseMs = job.state === 'running' ? runningPauseMs : waitingPauseMs;
      await sleep(pauseMs, undefined, { signal });
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
  options: Omit<ProgressOptions, 'onChange'> & {
    pauseMs: number;
    done(job: JobDetail): boolean;
  },
): Promise<JobDetail> {
  const { client, jobId, patience, signal, pauseMs } = options;
  let last: JobDetail | null = null;
  while (last === null || !options.done(last)) {
    try {
      if (last !== null) await sleep(pauseMs, undefined, { signal });
      last = await client.call(getJob, { params: { jobId } }, { signal });
      patience.succeed();
    } catch (error) {
      await patience.fail(error);
    }
  }
  return last;
}
