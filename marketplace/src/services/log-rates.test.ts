import { limits } from '@node3/shared/limits';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { expect, it } from 'vitest';
import { LogRates } from './log-rates.ts';

it('takes a burst, then as much as time brings, from each agent for itself', () => {
  const clock = new ManualClock(0);
  const rates = new LogRates(clock);
  const half = limits.logBytesBurst / 2;
  rates.take('a', half);
  rates.take('a', half);
  expect(() => rates.take('a', limits.logBytesPerSec)).toThrow(
    expect.objectContaining({
      code: 'RATE_LIMITED',
      context: expect.objectContaining({ retryAfterSec: 1 }),
    }),
  );
  rates.take('b', half);
  clock.advance(1_000);
  rates.take('a', limits.logBytesPerSec);
  expect(() => rates.take('a', 1)).toThrow();
});
