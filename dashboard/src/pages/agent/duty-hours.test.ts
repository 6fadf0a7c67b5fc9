import { expect, it } from 'vitest';
import { dutyByHour } from './duty-hours.ts';

const quarter = 900_000;

it('is a mean by hour and day of what was seen, and unknown where nothing was', () => {
  const midnight = new Date(2026, 10, 26).getTime();
  const times = [0, 1, 2, 3, 4, 5].map((step) => midnight + step * quarter);
  const [yesterday, today] = dutyByHour(times, [1, 0, null, 1, null, null], 2);
  expect(today?.startMs).toBe(midnight);
  expect(today?.hours.slice(0, 3)).toEqual([2 / 3, null, null]);
  expect(yesterday?.hours).toEqual(Array.from({ length: 24 }, () => null));
  expect(dutyByHour([], [], 7)).toEqual([]);
});
