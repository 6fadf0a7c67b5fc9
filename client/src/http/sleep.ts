/** What a timer can hold; beyond it there is no pause at all. */
const timerMsMax = 2_147_483_647;

/** Resolves after some milliseconds. Rejects with the reason of the signal when that aborts. */
export function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      },
      Math.min(ms, timerMsMax),
    );
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

const pauseMsFirst = 250;
const pauseMsMax = 10_000;

/** The pause before a try, doubled each time and never quite the same, so that clients don't march in step. */
export function backoffMs(failures: number): number {
  const most = Math.min(pauseMsMax, pauseMsFirst * 2 ** Math.max(0, failures - 1));
  return most * (0.5 + Math.random() / 2);
}
