import type { DeviceSample } from '@node3/shared/device';
import { silentLogger } from '@node3/shared/logger';
import { usageLimits } from '@node3/shared/usage-limits';
import { beforeEach, describe, expect, it } from 'vitest';
import { ManualHostClock } from '../testing/manual-host-clock.ts';
import { type RunningUsage, UsageRecorder } from './usage-recorder.ts';

const clock = new ManualHostClock();
let running: RunningUsage[];
let samples: DeviceSample[];
let recorder: UsageRecorder;

beforeEach(() => {
  running = [];
  samples = [];
  recorder = new UsageRecorder({
    clock,
    log: silentLogger,
    running: () => running,
    samples: () => samples,
  });
});

function read(cpuMs: number | null, memoryBytes: number | null, deviceIds: string[] = []) {
  const usage = {
    sampledAtMs: clock.nowMs(),
    memoryBytes,
    peakMemoryBytes: null,
    cpuMs,
    outputBytes: null,
  };
  running = [{ executionId: 'exe_1', deviceIds, usage }];
  recorder.record();
}

const pending = () => recorder.pending(10);

function sample(deviceId: string, ratio: number | null, bytes: number | null): DeviceSample {
  const metric = (value: number | null) => ({
    value,
    source: value === null ? ('unavailable' as const) : ('measured' as const),
  });
  return {
    deviceId,
    ageMs: 0,
    utilizationRatio: metric(ratio),
    memoryUsedBytes: metric(bytes),
    temperatureCelsius: metric(null),
    powerWatts: metric(null),
  };
}

describe('what running jobs use', () => {
  it('is the cores between two readings, each with its age', () => {
    read(1_000, 500);
    clock.advance(2_000);
    read(4_000, 600);
    clock.advance(1_000);
    const gpu = { gpuUtilizationRatio: null, gpuMemoryBytes: null };
    expect(pending()).toEqual([
      {
        executionId: 'exe_1',
        from: 0,
        readings: [
          { ageMs: 3_000, cpuCores: null, memoryBytes: 500, ...gpu },
          { ageMs: 1_000, cpuCores: 1.5, memoryBytes: 600, ...gpu },
        ],
      },
    ]);
  });

  it('is said again, with what came meanwhile, until it is heard', () => {
    read(1_000, 500);
    const first = pending();
    clock.advance(2_000);
    read(2_000, 600);
    expect(pending()[0]?.readings.map(({ ageMs }) => ageMs)).toEqual([2_000, 0]);
    recorder.settle(first);
    const [next] = pending();
    expect(next).toMatchObject({ from: 1, readings: [{ memoryBytes: 600 }] });
    // An answer that comes late settles nothing twice.
    recorder.settle(first);
    expect(pending()).toEqual([next]);
    recorder.settle(pending());
    expect(pending()).toEqual([]);
  });

  it('notes a reading once, and nothing of a job that is gone', () => {
    read(1_000, 500);
    recorder.record();
    expect(pending()[0]?.readings).toHaveLength(1);
    running = [];
    recorder.record();
    expect(pending()).toEqual([]);
  });

  it('is the mean and the sum of all its GPUs, or unknown', () => {
    samples = [sample('a', 0.5, 100), sample('b', 1, 300), sample('c', null, 5)];
    read(null, null, ['a', 'b']);
    clock.advance(2_000);
    read(null, null, ['a', 'c']);
    clock.advance(2_000);
    read(null, null, ['gone']);
    const [both, one, gone] = pending()[0]?.readings ?? [];
    expect(both).toMatchObject({ gpuUtilizationRatio: 0.75, gpuMemoryBytes: 400 });
    expect(one).toMatchObject({ gpuUtilizationRatio: null, gpuMemoryBytes: 105 });
    expect(gone).toMatchObject({ gpuUtilizationRatio: null, gpuMemoryBytes: null });
  });

  it('takes a counter that went back for another counter', () => {
    read(9_000, 1);
    clock.advance(2_000);
    read(1_000, 1);
    expect(pending()[0]?.readings[1]?.cpuCores).toBeNull();
  });

  it('keeps a minute at most while nobody takes it', () => {
    for (let index = 0; index < 100; index += 1) {
      read(index, index + 1);
      clock.advance(2_000);
    }
    const [{ from, readings } = { from: null, readings: [] }] = pending();
    expect(from).toBe(100 - usageLimits.usagePointsPerHeartbeat);
    expect(readings).toHaveLength(usageLimits.usagePointsPerHeartbeat);
    expect(readings.at(-1)?.memoryBytes).toBe(100);
  });
});
