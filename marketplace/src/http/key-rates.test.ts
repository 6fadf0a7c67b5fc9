import { ManualClock } from '@node3/shared/testing/manual-clock';
import { beforeEach, describe, expect, it } from 'vitest';
import { KeyRates } from './key-rates.ts';

let clock: ManualClock;
let rates: KeyRates;

beforeEach(() => {
  clock = new ManualClock();
  rates = new KeyRates({ clock, unitsPerMinute: 60, keysMax: 4 });
});

describe('what a key may ask for', () => {
  it('is all at once or spread over a minute, and comes back by the second', () => {
    expect(rates.take('a', 50)).toEqual({ units: 10, fullInSec: 50 });
    expect(rates.take('a', 10)).toEqual({ units: 0, fullInSec: 60 });
    clock.advance(5_000);
    expect(rates.left('a')).toEqual({ units: 5, fullInSec: 55 });
    expect(rates.take('a', 5)).toEqual({ units: 0, fullInSec: 60 });
  });

  it('is refused beyond that with the time until there is enough, and nothing is taken', () => {
    rates.take('a', 58);
    const refused = expect.objectContaining({
      code: 'RATE_LIMITED',
      context: expect.objectContaining({ retryAfterSec: 3 }),
    });
    expect(() => rates.take('a', 5)).toThrow(refused);
    expect(rates.take('a', 2)).toEqual({ units: 0, fullInSec: 60 });
    expect(rates.take('b', 60)).toEqual({ units: 0, fullInSec: 60 });
  });

  it('costs memory for a bounded number of keys, those that asked for nothing of late first', () => {
    rates.take('idle', 1);
    clock.advance(2_000);
    for (const key of ['a', 'b', 'c']) rates.take(key, 30);
    rates.take('d', 30);
    // Past its bound it keeps half: the newest.
    expect(rates.left('d').units).toBe(30);
    expect(rates.left('c').units).toBe(30);
    expect(rates.left('a').units).toBe(60);
  });
});
