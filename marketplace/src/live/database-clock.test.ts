import { describe, expect, it } from 'vitest';
import { DatabaseClock } from './database-clock.ts';

describe('the clock of the database', () => {
  it('goes on by itself, in whole milliseconds, from what the database said', () => {
    let monotonicMs = 5.25;
    const clock = new DatabaseClock(1_000, () => monotonicMs);
    monotonicMs += 10.5;
    expect(clock.nowMs()).toBe(1_011);
  });

  it('takes drift back slowly, so that nobody loses a lease by it', () => {
    const clock = new DatabaseClock(0, () => 0);
    expect(clock.adjust(10_000)).toBe(10_000);
    expect(clock.nowMs()).toBe(250);
    clock.adjust(0);
    expect(clock.nowMs()).toBe(0);
    clock.adjust(-100);
    expect(clock.nowMs()).toBe(-100);
  });

  it('follows at once where the machine slept', () => {
    const clock = new DatabaseClock(0, () => 0);
    clock.adjust(3_600_000);
    expect(clock.nowMs()).toBe(3_600_000);
  });
});
