import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';

export interface KeepTryingOptions {
  name: string;
  log: Logger;
  intervalMs: number;
  signal: AbortSignal;
  run(): Promise<void>;
}

/** Repeats until it works. @returns `done`, or `aborted` when the signal came first. */
export async function keepTrying(options: KeepTryingOptions): Promise<'done' | 'aborted'> {
  const { promise, resolve } = Promise.withResolvers<'done' | 'aborted'>();
  if (options.signal.aborted) return 'aborted';
  let ended = false;
  const loop: Loop = startLoop({
    name: options.name,
    log: options.log,
    intervalMs: options.intervalMs,
    backoffMaxMs: options.intervalMs,
    async run() {
      if (ended) return;
      await options.run();
      ended = true;
      resolve('done');
    },
  });
  const onAbort = () => resolve('aborted');
  options.signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await promise;
  } finally {
    ended = true;
    options.signal.removeEventListener('abort', onAbort);
    void loop.stop();
  }
}
