import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@node3/shared/client';
import { isMarketError } from '@node3/shared/error';
import { cancelJob } from '@node3/shared/routes/jobs';
import type { Host, Interrupt } from '../host.ts';
import { exitCodeOfSignal } from './outcome.ts';

/** The first Ctrl-C calls `onFirst`; the second leaves at once. */
export class InterruptWatch {
  #signal: Interrupt | null = null;
  readonly #remove: () => void;

  constructor(host: Host, onFirst: (signal: Interrupt) => void) {
    this.#remove = host.onInterrupt((signal) => {
      if (this.#signal !== null) {
        host.exit(exitCodeOfSignal(signal));
        return;
      }
      this.#signal = signal;
      onFirst(signal);
    });
  }

  get signal(): Interrupt | null {
    return this.#signal;
  }

  close(): void {
    this.#remove();
  }
}

const cancelTries = 5;
const cancelPauseMs = 400;

/** Asks for the cancel, again when the marketplace doesn't answer. A job already over is fine. */
export async function requestCancel(client: Client, jobId: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.call(cancelJob, { params: { jobId } });
      return;
    } catch (error) {
      if (isMarketError(error, 'JOB_STATE_INVALID')) return;
      if (attempt === cancelTries || !isMarketError(error, 'MARKETPLACE_UNREACHABLE')) throw error;
      await sleep(cancelPauseMs);
    }
  }
}
