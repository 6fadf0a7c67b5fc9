import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@node3/shared/client';
import { explainJob } from '@node3/shared/routes/explain';
import type { JobProgress } from './job-progress.ts';

/** Most jobs start before anybody wonders. Who waits long is told more and more rarely. */
const firstMs = 2_000;
const pauseMsMax = 30_000;

/** Says what a job waits for whenever it waits, until the signal aborts. */
export async function tellWaiting(
  progress: JobProgress,
  client: Client,
  jobId: string,
  signal: AbortSignal,
): Promise<void> {
  for (let waitMs = firstMs; ; ) {
    await sleep(waitMs, undefined, { signal });
    if (!progress.isWaiting) {
      waitMs = firstMs;
      continue;
    }
    const found = await client
      .call(explainJob, { params: { jobId } }, { signal })
      .catch(() => null);
    // Whoever waits hears elsewhere of a connection that is lost; this is asked again.
    if (found?.state === 'queued' || found?.state === 'awaiting_funds') {
      await progress.waits(jobId, found);
    }
    waitMs = Math.min(pauseMsMax, waitMs * 1.5);
  }
}
