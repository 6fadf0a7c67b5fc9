import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@node3/shared/client';
import { isMarketError } from '@node3/shared/error';
import { cancelJob } from '@node3/shared/routes/jobs';
import type { Host, Interrupt } from '../host.ts';
import { exitCodeOfSignal } from './outcome.ts';

export interface InterruptHandling {
  /** Hears of every Ctrl-C but the one that ends the process: the one after it said `last`. */
  onPress(signal: Interrupt, presses: number): 'last' | 'go on';
  /** Called before the process ends. */
  onExit?(): void;
}

/** Listens to Ctrl-C until it is closed. */
export class InterruptWatch {
  #signal: Interrupt | null = null;
  readonly #remove: () => void;

  constructor(host: Host, handling: InterruptHandling) {
    let presses = 0;
    let isLast = false;
    this.#remove = host.onInterrupt((signal) => {
      if (isLast) {
        handling.onExit?.();
        host.exit(exitCodeOfSignal(signal));
        return;
      }
      this.#signal = signal;
      presses += 1;
      isLast = handling.onPress(signal, presses) === 'last';
    });
  }

  get signal(): Interrupt | null {
    return this.#signal;
  }

  close(): void {
    this.#remove();
  }
}

/** The first Ctrl-C aborts, the second one leaves at once. */
export function leaveOnInterrupt(host: Host, leave: AbortController): InterruptWatch {
  return new InterruptWatch(host, {
    onPress() {
      leave.abort();
      return 'last';
    },
  });
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
