import { silentLogger } from '@node3/shared/logger';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { describe, expect, it } from 'vitest';
import { GpuCollector } from './gpu-collector.ts';
import type { GpuDetector, SampleResult } from './gpu-detector.ts';
import { measured, metricsOf } from './telemetry.ts';

const signal = new AbortController().signal;

function sampleResult(watts: number): SampleResult {
  const metrics = metricsOf({ powerWatts: measured(watts) });
  return { samples: [{ uuid: 'GPU-1', metrics }], problems: [], sampledAtMs: 0 };
}

function detectorOf(sample: GpuDetector['sample']): GpuDetector {
  return {
    vendor: 'nvidia',
    detect: () => Promise.reject(new Error('not part of this test')),
    sample,
  };
}

function collectorOf(sample: GpuDetector['sample'], clock: ManualClock, timeoutMs = 10_000) {
  return new GpuCollector({ detectors: [detectorOf(sample)], clock, log: silentLogger, timeoutMs });
}

describe('GPU collector', () => {
  it('[5.08] gives values with their age, and none when they are too old', async () => {
    const clock = new ManualClock();
    const collector = collectorOf(async () => sampleResult(50), clock);
    expect(collector.readings()).toEqual([]);
    await collector.refresh(signal);
    clock.advance(7_000);
    expect(collector.readings()[0]).toMatchObject({ uuid: 'GPU-1', ageMs: 7_000 });
    expect(collector.readings()[0]?.metrics.powerWatts.value).toBe(50);
    clock.advance(60_000);
    expect(collector.readings()[0]?.metrics.powerWatts).toEqual({
      value: null,
      source: 'unavailable',
    });
  });

  it('keeps the last good values when a sampling fails', async () => {
    const clock = new ManualClock();
    const answers = [sampleResult(50), { ...sampleResult(0), samples: [] }];
    const collector = collectorOf(async () => {
      const answer = answers.shift();
      if (answer === undefined) throw new Error('no answer left');
      return answer;
    }, clock);
    await collector.refresh(signal);
    clock.advance(1_000);
    await collector.refresh(signal);
    await collector.refresh(signal);
    expect(collector.readings()[0]).toMatchObject({ ageMs: 1_000 });
    expect(collector.readings()[0]?.metrics.powerWatts.value).toBe(50);
  });

  it('never samples twice at once, nor waits for a sampling that hangs', async () => {
    let calls = 0;
    const { promise, resolve } = Promise.withResolvers<SampleResult>();
    const collector = collectorOf(
      () => {
        calls += 1;
        return promise;
      },
      new ManualClock(),
      20,
    );
    await Promise.all([collector.refresh(signal), collector.refresh(signal)]);
    await collector.refresh(signal);
    expect(calls).toBe(1);
    expect(collector.readings()).toEqual([]);
    resolve(sampleResult(60));
    await expect.poll(() => collector.readings().length).toBe(1);
    await collector.refresh(signal);
    expect(calls).toBe(2);
  });

  it('does not let one vendor hold up another', async () => {
    const slow = detectorOf(() => new Promise(() => undefined));
    const fast = detectorOf(async () => sampleResult(70));
    const clock = new ManualClock();
    const collector = new GpuCollector({
      detectors: [slow, fast],
      clock,
      log: silentLogger,
      timeoutMs: 20,
    });
    await collector.refresh(signal);
    expect(collector.readings().map((reading) => reading.metrics.powerWatts.value)).toEqual([70]);
  });
});
