import { ApiError, isApiError, Node3Error } from '../errors.ts';
import { backoffMs, sleep } from './sleep.ts';
import { type CallOptions, mayMend } from './transport.ts';

/** What every call takes that goes on until somebody or something ends it. */
export interface FollowOptions extends CallOptions {
  /** How long a marketplace that does not answer is waited for, milliseconds; five minutes where nothing is said. */
  reconnectMsMax?: number;
}

const reconnectMsUsual = 300_000;

/** Says how long to go on with a marketplace that does not answer, and pauses meanwhile. */
export class Patience {
  readonly #reconnectMsMax: number;
  readonly #signal: AbortSignal | undefined;
  #failures = 0;
  #lostAtMs: number | null = null;

  constructor({ reconnectMsMax = reconnectMsUsual, signal }: FollowOptions = {}) {
    this.#reconnectMsMax = reconnectMsMax;
    this.#signal = signal;
  }

  /** It is there. */
  answered(): void {
    this.#lostAtMs = null;
  }

  /** It did something useful: the next failure is a first one. */
  progressed(): void {
    this.#lostAtMs = null;
    this.#failures = 0;
  }

  /**
   * Pauses before the next try. Rejects with the error when there should be none: trying again does not
   * mend it, or it went on for too long. null is a polite end that comes too early.
   */
  async fail(error: unknown): Promise<void> {
    this.#signal?.throwIfAborted();
    // Who has too much to do just now is not lost.
    this.#lostAtMs = isApiError(error, 'RATE_LIMITED') ? null : (this.#lostAtMs ?? Date.now());
    const lostMs = this.#lostAtMs === null ? 0 : Date.now() - this.#lostAtMs;
    const isOver = lostMs > this.#reconnectMsMax;
    if (error !== null && (isOver || !isBroken(error))) throw error;
    this.#failures += 1;
    const waitSec = error instanceof ApiError ? (error.retryAfterSec ?? 0) : 0;
    const pauseMs = Math.max(waitSec * 1_000, backoffMs(this.#failures));
    await sleep(Math.min(pauseMs, this.#reconnectMsMax), this.#signal);
  }
}

/** What reading throws when a connection is gone, or a line was cut in two; or an answer that may change. */
function isBroken(error: unknown): boolean {
  return !(error instanceof Node3Error) || mayMend(error);
}
