import { expect, it } from 'vitest';
import { RunningTotals } from './running-totals.ts';
import { type DeviceMetrics, measured, metricsOf } from './telemetry.ts';

function readings(): (atMs: number, metrics: Partial<DeviceMetrics>) => DeviceMetrics {
  const totals = new RunningTotals();
  return (atMs, metrics) => totals.add({ uuid: 'a', metrics: metricsOf(metrics) }, atMs).metrics;
}

const watts = (value: number | null) => ({ powerWatts: measured(value) });

it('[5.08] sums up power to energy, and says that this is an estimate', () => {
  const read = readings();
  expect(read(0, watts(100)).energyJoules).toEqual({ value: null, source: 'unavailable' });
  expect(read(2_000, watts(200)).energyJoules).toEqual({ value: 300, source: 'estimated' });
  expect(read(2_000, watts(900)).energyJoules.value).toBe(300);
  expect(read(3_000, watts(null)).energyJoules.value).toBe(300);
  expect(read(4_000, watts(200)).energyJoules.value).toBe(700);
});

it('leaves a long silence out of the sum', () => {
  const read = readings();
  read(0, watts(100));
  expect(read(61_000, watts(100)).energyJoules.value).toBeNull();
  expect(read(62_000, watts(100)).energyJoules.value).toBe(100);
  expect(read(200_000, watts(100)).energyJoules.value).toBe(100);
});

it('takes what a device counts itself, and knows nothing of what nobody tells', () => {
  const read = readings();
  const counted = read(0, { ...watts(100), energyJoules: measured(5_000) });
  expect(counted.energyJoules).toEqual({ value: 5_000, source: 'measured' });
  expect(counted.pcieReceivedBytes).toEqual({ value: null, source: 'unavailable' });
  expect(read(1_000, {}).energyJoules.value).toBeNull();
  read(2_000, { pcieReceiveBytesPerSecond: measured(0) });
  const received = read(4_000, { pcieReceiveBytesPerSecond: measured(1_000) });
  expect(received.pcieReceivedBytes.value).toBe(1_000);
  expect(received.pcieTransmittedBytes.value).toBeNull();
});

it('estimates nothing that a device counted itself a moment ago', () => {
  const read = readings();
  read(0, { ...watts(100), energyJoules: measured(1_000_000) });
  expect(read(1_000, watts(100)).energyJoules.value).toBeNull();
  expect(read(2_000, watts(100)).energyJoules.value).toBeNull();
  const again = read(3_000, { ...watts(100), energyJoules: measured(1_000_300) });
  expect(again.energyJoules.value).toBe(1_000_300);
});
