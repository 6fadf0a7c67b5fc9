import { expect, it } from 'vitest';
import { openByDay } from './week-hours.ts';

const row = (fromDay: string, toDay: string, from: string, to: string) => ({
  fromDay,
  toDay,
  from,
  to,
});

it('goes over midnight and over the end of the week, and is always open without a window', () => {
  const week = openByDay([row('sat', 'sun', '22:00', '08:00'), row('', '', '12:00', 'xx')]);
  expect(week[5]).toEqual([{ from: 1_320, to: 1_440 }]);
  expect(week[6]).toEqual([
    { from: 0, to: 480 },
    { from: 1_320, to: 1_440 },
  ]);
  expect(week[0]).toEqual([{ from: 0, to: 480 }]);
  expect(week[2]).toEqual([]);
  expect(openByDay([])[3]).toEqual([{ from: 0, to: 1_440 }]);
  expect(openByDay([row('', '', '09:00', '24:00')])[4]).toEqual([{ from: 540, to: 1_440 }]);
  expect(openByDay([row('mon', 'mon', '08:00', '08:00')])[1]).toEqual([{ from: 0, to: 480 }]);
});
