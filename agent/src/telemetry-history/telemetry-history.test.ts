import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { historyMetrics, historyWindowNames } from '@node3/shared/device-metrics';
import { silentLogger } from '@node3/shared/logger';
import { describe, expect, it } from 'vitest';
import { measured, metricsOf } from '../gpu/telemetry.ts';
import { ManualHostClock } from '../testing/manual-host-clock.ts';
import { HistoryKeeper } from './history-keeper.ts';
import { MeanRing } from './mean-ring.ts';
import { TelemetryHistory } from './telemetry-history.ts';

const reading = (watts: number | null, ageMs = 0) => ({
  uuid: 'gpu-1',
  ageMs,
  metrics: metricsOf({ powerWatts: measured(watts), utilizationPercent: measured(50) }),
  slowdowns: [],
});

function lastOf(history: TelemetryHistory, metric: string, count: number) {
  const [device] = history.view('1h').devices;
  return device?.series.find((one) => one.metric === metric)?.points.slice(-count);
}

describe('a ring of means', () => {
  it('has the mean of each step, and gaps where nothing was read', () => {
    const ring = new MeanRing(10, 60);
    ring.add(0, 1);
    ring.add(9_000, 3);
    ring.add(31_000, 7);
    expect(ring.points(35_000)).toEqual([null, null, 2, null, null, 7]);
    expect(ring.points(55_000)).toEqual([2, null, null, 7, null, null]);
    expect(ring.points(3_600_000)).toEqual([null, null, null, null, null, null]);
  });

  it('forgets what a clock that was set back had written of the future', () => {
    const ring = new MeanRing(10, 60);
    ring.add(40_000, 1);
    ring.add(10_000, 2);
    expect(ring.points(45_000)).toEqual([null, null, 2, null, null, null]);
  });
});

describe('the history of telemetry', () => {
  it('[8.10] tells a zero from a gap, and takes no reading for two', () => {
    const clock = new ManualHostClock();
    const history = new TelemetryHistory(clock);
    history.note([reading(0)], new Set(['gpu-1']));
    clock.advance(10_000);
    // The same reading still: nothing new was measured.
    history.note([reading(0, 10_000)], new Set());
    clock.advance(10_000);
    history.note([reading(null)], new Set());
    expect(lastOf(history, 'powerWatts', 3)).toEqual([0, null, null]);
    expect(lastOf(history, 'utilizationRatio', 3)).toEqual([0.5, null, 0.5]);
    expect(lastOf(history, 'busyRatio', 3)).toEqual([1, 0, 0]);
    expect(lastOf(history, 'slowedRatio', 1)).toEqual([0]);
    expect(lastOf(history, 'temperatureCelsius', 1)).toEqual([null]);
  });

  it('keeps what was written when the agent starts again, with a gap for the time between', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'node3-history-'));
    const path = join(folder, 'telemetry-history.json');
    const clock = new ManualHostClock();
    const keep = (history: TelemetryHistory) =>
      new HistoryKeeper({ history, path, log: silentLogger });
    const first = new TelemetryHistory(clock);
    const keeper = keep(first);
    await keeper.start();
    first.note([reading(123.456)], new Set());
    await keeper.stop();
    clock.advance(20_000);
    const second = new TelemetryHistory(clock);
    const next = keep(second);
    await next.start();
    second.note([reading(7)], new Set());
    expect(lastOf(second, 'powerWatts', 3)).toEqual([123.456, null, 7]);
    await next.stop();
    await writeFile(path, '{"version": 9}');
    const third = new TelemetryHistory(clock);
    const last = keep(third);
    await last.start();
    expect(third.view('1h').devices).toEqual([]);
    await last.stop();
    await rm(folder, { recursive: true });
  });

  it('has as many points as its window says', () => {
    const history = new TelemetryHistory(new ManualHostClock());
    history.note([reading(1)], new Set());
    for (const window of historyWindowNames) {
      const { devices, from, stepSec, to } = history.view(window);
      const count = (Date.parse(to) - Date.parse(from)) / 1_000 / stepSec;
      expect(devices[0]?.series.map(({ points }) => points.length)).toEqual(
        historyMetrics.map(() => count),
      );
    }
  });
});
