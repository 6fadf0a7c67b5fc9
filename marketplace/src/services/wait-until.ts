import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@node3/shared/clock';

/** Timers don't follow the wall clock: so late is a step forward of it noticed. */
const lookMs = 60_000;

/** Resolves at a time of the wall clock; rejects when the signal aborts. */
export async function waitUntil(clock: Clock, dueMs: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const leftMs = dueMs - clock.nowMs();
    if (leftMs <= 0) return;
    await sleep(Math.min(leftMs, lookMs), undefined, { signal, ref: false });
  }
}
