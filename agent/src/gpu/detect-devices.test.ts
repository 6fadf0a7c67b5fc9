import { silentLogger } from '@node3/shared/logger';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { describe, expect, it } from 'vitest';
import { createDemoDetector, simulatedModel } from './demo/demo-detector.ts';
import { detectDevices, mergeResults } from './detect-devices.ts';
import { type AgentDevice, healthy } from './device.ts';
import type { DetectionResult, DetectionStatus, GpuDetector } from './gpu-detector.ts';
import { createGpuDetectors } from './gpu-detectors.ts';
import { metricNames } from './telemetry.ts';

const clock = new ManualClock();
const signal = new AbortController().signal;

function device(id: string, model: string): AgentDevice {
  return {
    id,
    parentId: null,
    vendor: 'amd',
    model,
    modelId: null,
    memoryBytes: null,
    memoryUnified: false,
    computeCapability: null,
    framework: 'rocm',
    frameworkVersion: null,
    driverVersion: null,
    pciBusId: null,
    simulated: false,
    index: 0,
    health: healthy,
  };
}

function result(status: DetectionStatus, ...devices: AgentDevice[]): DetectionResult {
  return { status, devices, problems: [], source: 'test', sampledAtMs: 0 };
}

describe('devices of all vendors', () => {
  it('keeps a device once that two tools report', () => {
    const merged = mergeResults([
      result('ok', device('a', 'first')),
      result('ok', device('a', 'second'), device('b', 'other')),
    ]);
    expect(merged.devices.map((found) => found.model)).toEqual(['first', 'other']);
  });

  it.each<[DetectionStatus, DetectionResult[]]>([
    ['unavailable', [result('unavailable'), result('unavailable')]],
    ['ok', [result('unavailable'), result('ok', device('a', 'a'))]],
    ['error', [result('unavailable'), result('error')]],
    ['partial', [result('error'), result('ok', device('a', 'a'))]],
    ['partial', [result('partial', device('a', 'a'))]],
  ])('is %s', (status, results) => {
    expect(mergeResults(results).status).toBe(status);
  });

  it('survives a detector that throws', async () => {
    const broken: GpuDetector = {
      vendor: 'nvidia',
      detect: () => Promise.reject(new Error('a fault of ours')),
      sample: () => Promise.reject(new Error('not part of this test')),
    };
    const detectors = [broken, createDemoDetector({ clock })];
    const found = await detectDevices({ detectors, clock, log: silentLogger }, signal);
    expect(found.status).toBe('partial');
    expect(found.problems).toMatchObject([{ code: 'detector-failed' }]);
    expect(found.devices).toHaveLength(1);
  });

  it('passes an abort on', async () => {
    const detectors = [createDemoDetector({ clock })];
    const aborted = AbortSignal.abort(new Error('agent stops'));
    await expect(detectDevices({ detectors, clock, log: silentLogger }, aborted)).rejects.toThrow(
      'agent stops',
    );
  });
});

describe('simulated device', () => {
  it('[5.06] is labelled, and states nothing it does not have', async () => {
    const runner = { run: () => Promise.reject(new Error('no tool may run')) };
    const detectors = createGpuDetectors('simulated', { runner, clock });
    const { devices } = await detectDevices({ detectors, clock, log: silentLogger }, signal);
    expect(devices).toMatchObject([
      { simulated: true, model: simulatedModel, vendor: 'simulated', modelId: null },
    ]);
    expect(devices[0]?.memoryBytes).toBeNull();
    const sampled = await detectors[0]?.sample(signal);
    const metrics = Object.values(sampled?.samples[0]?.metrics ?? {});
    expect(metrics).toHaveLength(metricNames.length);
    for (const metric of metrics) expect(metric).toEqual({ value: null, source: 'unavailable' });
  });
});
