import { expect, it } from 'vitest';
import { createGpuTopJsonReader } from './parse-gpu-top.ts';
import { parseXpuDiscovery, parseXpuStats } from './parse-xpu-smi.ts';

const card = { device_id: 1, device_name: 'Intel(R) Arc(TM) A770 Graphics', device_type: 'GPU' };

it.each([
  ['a list', { device_list: [card] }],
  ['the older list', { devices: [card] }],
  ['a bare list', [card]],
  ['one device', card],
])('xpu-smi discovers %s', (_shape, shape) => {
  expect(parseXpuDiscovery(JSON.stringify(shape))).toMatchObject([
    { index: 1, name: 'Intel(R) Arc(TM) A770 Graphics', memoryBytes: null, virtual: false },
  ]);
});

it('has no devices in an error', () => {
  expect(parseXpuDiscovery('{"error": "No device discovered", "errno": 5}')).toBeNull();
});

it('adds up what the tiles of a card have, and takes the busiest', () => {
  const tile = (used: number, busy: number) => ({
    data_list: [
      { metrics_type: 'XPUM_STATS_MEMORY_USED', value: used },
      { metrics_type: 'XPUM_STATS_GPU_UTILIZATION', value: busy, avg: 1 },
      { metrics_type: 'XPUM_STATS_POWER', value: 90 },
    ],
  });
  const device = { metrics_type: 'XPUM_STATS_POWER', value: 200 };
  const report = { device_level: [device], tile_level: [tile(100, 5), tile(50, 80)] };
  expect(parseXpuStats(JSON.stringify(report))).toMatchObject({
    memoryUsedBytes: 150 * 1_048_576,
    utilizationPercent: 80,
    powerWatts: 200,
    memoryTemperatureCelsius: null,
    pcieReadBytesPerSecond: null,
  });
});

it('reads objects of intel_gpu_top with a list around them and without', () => {
  const object = '{\n "engines": {\n  "Render/3D/0": { "busy": 1.5 }\n }\n}';
  for (const output of [`[\n${object},\n${object}`, `${object}\n${object}`]) {
    const read = createGpuTopJsonReader();
    const samples = output.split('\n').flatMap((line) => read(line) ?? []);
    expect(samples).toEqual([
      { utilizationPercent: 1.5, clockMegahertz: null, powerWatts: null },
      { utilizationPercent: 1.5, clockMegahertz: null, powerWatts: null },
    ]);
  }
});
