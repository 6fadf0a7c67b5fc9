import { ManualClock } from '@node3/shared/testing/manual-clock';
import { expect, it } from 'vitest';
import { FairClocks } from './fair-clocks.ts';

it('puts whoever posts much behind whoever posts little, before and after a restart', () => {
  const clock = new ManualClock(1_000_000);
  const clocks = new FairClocks(clock);
  let last = 0;
  for (let i = 0; i < 1_000; i += 1) last = clocks.next('acc_many', 0);
  expect(clocks.next('acc_one', 0)).toBe(1_000_000);
  expect(last).toBeGreaterThan(1_000_000);
  const again = new FairClocks(clock);
  again.restore('acc_many', last);
  again.restore('acc_one', 1_000);
  expect(again.next('acc_many', 0)).toBeGreaterThan(last);
  expect(again.next('acc_one', 0)).toBe(1_000_000);
});

it('forgets the clocks that the time has overtaken', () => {
  const clock = new ManualClock(1_000_000);
  const clocks = new FairClocks(clock);
  for (let i = 0; i < 5_000; i += 1) {
    clocks.next(`acc_${i}`, 0);
    clock.advance(1);
  }
  expect(clocks.size).toBeLessThan(2_048);
});
