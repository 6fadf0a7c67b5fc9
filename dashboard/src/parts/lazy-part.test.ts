import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { whenAnswered } from './lazy-part.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** One result after the other; an error is thrown. */
function results(...given: (string | boolean | Error)[]) {
  return vi.fn(async () => {
    const next = given.shift();
    if (next instanceof Error || next === undefined) throw next ?? new Error('asked too often');
    return next as never;
  });
}

it('a part comes when the host is back', async () => {
  const load = results(new Error('away'), 'part');
  const answering = results(false, false, true);
  const part = whenAnswered(load, answering);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(load).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(await part).toBe('part');
  expect(answering).toHaveBeenCalledTimes(3);
});

it('a part that a host does not have is an error, after one more try', async () => {
  const load = results(new Error('away'), new Error('gone'));
  await expect(whenAnswered(load, results(true))).rejects.toThrow('gone');
  const back = results(new Error('away'), 'part');
  expect(await whenAnswered(back, results(true))).toBe('part');
});
