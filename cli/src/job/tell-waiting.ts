import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@node3/shared/client';
import { explainJob } from '@node3/shared/routes/explain';
import type { Terminal } from '../output/terminal.ts';
import { alternativeText } from './explanation.ts';

/** Most jobs start before anybody wonders. */
const firstMs = 3_000;
const pauseMs = 10_000;

/** Says what a job waits for, and again when that changes, until it starts or the signal aborts. */
export async function tellWaiting(
  terminal: Terminal,
  client: Client,
  jobId: string,
  signal: AbortSignal,
): Promise<void> {
  let said = '';
  for (let waitMs = firstMs; ; waitMs = pauseMs) {
    await sleep(waitMs, undefined, { signal });
    const found = await client.call(explainJob, { params: { jobId } }, { signal });
    if (found.state !== 'queued' && found.state !== 'awaiting_funds') return;
    if (found.sentence !== said) {
      await terminal.talk(terminal.talkPaint.dim(`waiting   ${found.sentence}`));
      const [nearest] = found.possible ? [] : found.alternatives;
      if (nearest !== undefined) await terminal.talk(`nearest   ${alternativeText(nearest)}`);
    }
    said = found.sentence;
  }
}
