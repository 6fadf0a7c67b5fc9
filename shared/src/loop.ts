import type { Logger } from './logger.ts';

export interface LoopOptions {
  /** Short name for logs, such as `payout-worker`. */
  name: string;
  /** Pause between the end of one turn and the start of the next, milliseconds. */
  intervalMs: number;
  /** Pause before the first turn, milliseconds; left out, none. */
  delayMs?: number;
  /** Share of the interval that is random, 0…1: keeps many agents from moving in step. */
  jitter?: number;
  /** Longest pause after repeated failures, milliseconds. */
  backoffMaxMs?: number;
  log: Logger;
  run(signal: AbortSignal): Promise<void>;
}

export interface Loop {
  /** Runs the next turn at once instead of waiting for the interval. */
  wake(): void;
  /** Resolves when the turn in progress has ended and no further one will start. */
  stop(): Promise<void>;
}

/**
 * The one background loop of the project: interval, jitter, wake, abort and exponential back-off.
 * A turn that throws is logged and retried; it never ends the loop.
 */
export function startLoop(options: LoopOptions): Loop {
  const abort = new AbortController();
  let wakeWaiter: (() => void) | undefined;
  let wakePending = false;
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      if (wakePending || abort.signal.aborted) {
        wakePending = false;
        resolve();
        return;
      }
      const timer = setTimeout(done, ms);
      function done() {
        clearTimeout(timer);
        wakeWaiter = undefined;
        wakePending = false;
        resolve();
      }
      wakeWaiter = done;
    });
  const finished = turnUntilAborted(options, abort.signal, pause);
  return {
    wake() {
      if (wakeWaiter) wakeWaiter();
      else wakePending = true;
    },
    stop() {
      abort.abort();
      wakeWaiter?.();
      return finished;
    },
  };
}

async function turnUntilAborted(
  options: LoopOptions,
  signal: AbortSignal,
  pause: (ms: number) => Promise<void>,
): Promise<void> {
  const backoffMaxMs = options.backoffMaxMs ?? Math.max(60_000, options.intervalMs);
  let failures = 0;
  if (options.delayMs !== undefined) await pause(options.delayMs);
  while (!signal.aborted) {
    try {
      await options.run(signal);
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      options.log.warn({ err: error, loop: options.name, failures }, 'loop turn failed');
    }
    const spread = options.intervalMs * (options.jitter ?? 0);
    const base = options.intervalMs - spread / 2 + Math.random() * spread;
    const backoff = failures === 0 ? base : Math.max(base, 250 * 2 ** Math.min(failures, 12));
    await pause(Math.min(backoff, failures === 0 ? base : backoffMaxMs));
  }
}
