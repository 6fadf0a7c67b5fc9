import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminalJob } from '@node3/shared/job-state';
import { getJobResources, type JobResources } from '@node3/shared/routes/job-resources';
import { getJob } from '@node3/shared/routes/jobs';
import type { WatchOptions } from './watch-progress.ts';

/** Readings come with the heartbeats of an agent, some at a time. */
const pauseMs = 2_000;

/** Yields what a job uses each time it is asked for, from when it runs until it is over. */
export async function* followUsage(
  options: WatchOptions,
): AsyncGenerator<JobResources, void, undefined> {
  const { client, jobId, patience, signal } = options;
  const params = { jobId };
  for (;;) {
    try {
      // Asked before: what is read of a job that is over is all of it.
      const { state } = await client.call(getJob, { params }, { signal });
      const resources = await client.call(getJobResources, { params, query: {} }, { signal });
      patience.succeed();
      yield resources;
      if (isTerminalJob(state) && !resources.live) return;
      await sleep(pauseMs, undefined, { signal });
    } catch (error) {
      await patience.fail(error);
    }
  }
}
