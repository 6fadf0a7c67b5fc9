import { expect, it } from 'vitest';
import { addReading, type HostReading, hostSeries } from './host-series.ts';

const reading = (atSec: number, more: Partial<HostReading> = {}): HostReading => ({
  at: new Date(atSec * 1_000).toISOString(),
  cpuBusyMs: 0,
  cpuTotalMs: 0,
  memoryBytes: 100,
  memoryUsedBytes: 40,
  diskBytes: 1_000,
  diskUsedBytes: 500,
  networkReceivedBytes: 0,
  networkSentBytes: 0,
  ...more,
});

it('tells what was used between two looks', () => {
  const { cpu, memory, received, sent } = hostSeries([
    reading(0, { cpuBusyMs: 100, cpuTotalMs: 1_000, networkReceivedBytes: 50 }),
    reading(2, { cpuBusyMs: 600, cpuTotalMs: 3_000, networkReceivedBytes: 250 }),
  ]);
  expect({ cpu, memory, received, sent }).toEqual({
    cpu: [null, 0.25],
    memory: [40, 40],
    received: [null, 100],
    sent: [null, 0],
  });
});

it('leaves a gap where nobody looked, a counter began anew or nothing is told', () => {
  const { cpu, memory, received, times } = hostSeries([
    reading(0, { cpuBusyMs: 1, cpuTotalMs: 2, networkReceivedBytes: 9 }),
    reading(60, { cpuBusyMs: 5, cpuTotalMs: 9, networkReceivedBytes: 9 }),
    reading(63, { cpuBusyMs: null, cpuTotalMs: null, networkReceivedBytes: 1 }),
  ]);
  expect(times).toEqual([0, 1, 60_000, 63_000]);
  expect(memory).toEqual([40, null, 40, 40]);
  expect(cpu).toEqual([null, null, null, null]);
  expect(received).toEqual([null, null, null, null]);
});

it('keeps so many looks and no more', () => {
  let all: HostReading[] = [];
  for (let second = 0; second < 700; second += 1) all = addReading(all, reading(second));
  expect([all.length, all[0]?.at]).toEqual([600, reading(100).at]);
});

const secondsOf = (all: readonly HostReading[]) => all.map(({ at }) => Date.parse(at) / 1_000);
const addAll = (seconds: readonly number[]) =>
  seconds.reduce<HostReading[]>((all, second) => addReading(all, reading(second)), []);

it('leaves out what comes less than a second after the one before, or from before it', () => {
  expect(secondsOf(addAll([10, 10.004, 13, 12, 13, 13.999, 14, 17]))).toEqual([10, 13, 14, 17]);
});

it('goes on after the clock was set back by an hour', () => {
  expect(secondsOf(addAll([1, 4_000, 4_003, 400, 403, 406]))).toEqual([1, 400, 403, 406]);
});
