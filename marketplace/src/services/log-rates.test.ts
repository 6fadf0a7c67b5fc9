import { limits } from '@node3/shared/limits';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { expect, it } from 'vitest';
import { LogRates, lineBytes } from './log-rates.ts';

/** One line that counts for so many bytes. */
const lineOf = (bytes: number) => [{ lineCount: 1, text: 'x'.repeat(bytes - lineBytes) }];

it('takes a burst, then as much as time brings, from each agent for itself', () => {
  const clock = new ManualClock(0);
  const rates = new LogRates(clock);
  const half = lineOf(limits.logBytesBurst / 2);
  rates.take('a', half);
  rates.take('a', half);
  expect(() => rates.take('a', lineOf(limits.logBytesPerSec))).toThrow(
    expect.objectContaining({
      code: 'RATE_LIMITED',
      context: expect.objectContaining({ retryAfterSec: 1 }),
    }),
  );
  rates.take('b', half);
  clock.advance(1_000);
  rates.take('a', lineOf(limits.logBytesPerSec));
  expect(() => rates.take('a', [{ lineCount: 1, text: 'x' }])).toThrow();
});

it('takes empty lines for work, too', () => {
  const rates = new LogRates(new ManualClock(0));
  const lineCount = limits.logLinesPerBatch;
  const batch = [{ lineCount, text: '\n'.repeat(lineCount) }];
  const batches = Math.floor(limits.logBytesBurst / (lineBytes + 1) / lineCount);
  for (let n = 0; n < batches; n += 1) rates.take('a', batch);
  expect(() => rates.take('a', batch)).toThrow();
});
