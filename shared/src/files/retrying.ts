import { setTimeout as sleep } from 'node:timers/promises';
import { MarketError } from '../error.ts';
import { errorCodes } from '../error-codes.ts';

export interface RetryOptions {
  signal: AbortSignal;
  /** Left out, it goes on until the signal aborts. */
  triesMax?: number;
  firstPauseMs?: number;
  onRetry?(error: unknown): void;
}

const pauseMsMax = 15_000;

/** Repeats what a repetition may mend: no answer, or an error that says to try later. */
export async function retrying<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { signal, triesMax = Number.POSITIVE_INFINITY, firstPauseMs = 500 } = options;
  for (let tries = 1; ; tries += 1) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || tries >= triesMax || !mayMend(error)) throw error;
      options.onRetry?.(error);
      const pauseMs = Math.min(pauseMsMax, firstPauseMs * 2 ** (tries - 1));
      await sleep(pauseMs * (0.5 + Math.random() / 2), undefined, { signal });
    }
  }
}

function mayMend(error: unknown): boolean {
  if (!(error instanceof MarketError)) return false;
  const { retry, status } = errorCodes[error.code];
  return retry !== 'never' && (status >= 500 || status === 429 || status === 408);
}
