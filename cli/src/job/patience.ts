import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@node3/shared/clock';
import { isMarketError } from '@node3/shared/error';
import { errorCodes } from '@node3/shared/error-codes';
import { isRequestShown } from '../http/observed-fetch.ts';

/** How long a marketplace that stopped answering is waited for before we give up on it. */
export const reconnectMsMax = 300_000;
const pauseMsFirst = 250;
const pauseMsMax = 5_000;

export interface PatienceDeps {
  clock: Clock;
  signal: AbortSignal;
  /** Called once when the connection is lost, and once when it is back. */
  onLost(): void;
  onBack(): void;
}

/** Counts failures in a row and says how long to pause; gives up after `reconnectMsMax`. */
export class Patience {
  readonly #deps: PatienceDeps;
  #failures = 0;
  #lostAtMs: number | null = null;

  constructor(deps: PatienceDeps) {
    this.#deps = deps;
  }

  /** An answer came: the next failure starts counting anew. */
  succeed(): void {
    this.#failures = 0;
    if (this.#lostAtMs === null) return;
    this.#lostAtMs = null;
    this.#deps.onBack();
  }

  /** Pauses after a failure that may pass. Rethrows one that won't, or that lasted too long. */
  async fail(error: unknown): Promise<void> {
    this.#deps.signal.throwIfAborted();
    if (isRequestShown(error) || !isTransient(error)) throw error;
    const nowMs = this.#deps.clock.monotonicMs();
    if (this.#lostAtMs === null) {
      this.#lostAtMs = nowMs;
      this.#deps.onLost();
    }
    if (nowMs - this.#lostAtMs > reconnectMsMax) throw error;
    const pauseMs = Math.min(pauseMsMax, pauseMsFirst * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    await sleep(pauseMs, undefined, { signal: this.#deps.signal });
  }
}

/** Whether the same request may succeed later. A cut line or socket is not a MarketError and may. */
export function isTransient(error: unknown): boolean {
  return isMarketError(error) ? errorCodes[error.code].retry !== 'never' : true;
}
