import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { VirtualTime } from './virtual-time.ts';

/** The mutable face of `node:timers/promises`; imports of it see the change. */
const timersPromises = createRequire(import.meta.url)('node:timers/promises') as Record<
  string,
  unknown
>;

/**
 * Puts a virtual time under everything that this process runs from now on: timers, immediates,
 * `Date.now`, `performance.now` and `Math.random`. Only for a process that does nothing else: a test
 * runner would wait for ever.
 */
export function installVirtualTime(
  current: () => { time: VirtualTime; random: () => number },
): void {
  const time = () => current().time;
  const setTimeoutOf = (act: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) =>
    timerOf(time(), act, delayMs, args);
  replace(globalThis, 'setTimeout', setTimeoutOf);
  replace(globalThis, 'clearTimeout', cancel);
  replace(globalThis, 'setInterval', () => refuse('setInterval'));
  replace(globalThis, 'setImmediate', (act: (...args: unknown[]) => void, ...args: unknown[]) =>
    handleOf(time().atEndOfTurn(() => act(...args))),
  );
  replace(globalThis, 'clearImmediate', cancel);
  replace(globalThis.AbortSignal, 'timeout', (ms: number) => {
    const abort = new AbortController();
    time().after(ms, () => abort.abort(new DOMException('timed out', 'TimeoutError')));
    return abort.signal;
  });
  replace(Date, 'now', () => time().nowMs());
  replace(performance, 'now', () => time().monotonicMs());
  replace(Math, 'random', () => current().random());
  replace(timersPromises, 'setTimeout', (delayMs = 1, value?: unknown) =>
    time()
      .sleep(Math.max(1, delayMs))
      .then(() => value),
  );
  replace(
    timersPromises,
    'setImmediate',
    (value?: unknown) => new Promise((resolve) => time().atEndOfTurn(() => resolve(value))),
  );
  syncBuiltinESMExports();
}

function replace(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}

function refuse(what: string): never {
  throw new Error(`${what} has no place in a simulation; use startLoop`);
}

interface Handle {
  cancelled: boolean;
}

function cancel(handle: unknown): void {
  if (typeof handle !== 'object' || handle === null || !('cancel' in handle)) return;
  (handle as { cancel(): void }).cancel();
}

/** Node's timers are objects that can be referenced or not; here it makes no difference. */
function handleOf(event: Handle) {
  const handle = {
    ref: () => handle,
    unref: () => handle,
    hasRef: () => true,
    cancel() {
      event.cancelled = true;
    },
  };
  return handle;
}

function timerOf(
  time: VirtualTime,
  act: (...args: unknown[]) => void,
  delayMs: number,
  args: unknown[],
) {
  return handleOf(time.after(Math.max(1, delayMs), () => act(...args)));
}
