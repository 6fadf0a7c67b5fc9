import { setTimeout as delay } from 'node:timers/promises';
import type { AgentDevice } from '@node3/agent/gpu/device';
import type { GpuDetector } from '@node3/agent/gpu/gpu-detector';
import { type MetricName, metricNames } from '@node3/agent/gpu/telemetry';
import type { Look } from './check-detection.ts';
import { type Load, startLoad } from './loads.ts';
import type { Check } from './report.ts';

export interface LoadLook extends Look {
  detectors: readonly GpuDetector[];
  devices: readonly AgentDevice[];
  loadSec: number;
}

type Values = Record<MetricName, number | null>;

const name = 'telemetry under load';
const sampleEveryMs = 500;

/** Whether what the agent measures moves when the device works: a constant would pass for idle. */
export async function checkLoad(look: LoadLook): Promise<Check> {
  const device = look.devices.find(({ simulated }) => !simulated);
  if (device === undefined) {
    return { name, outcome: 'not run', sentence: 'There is no GPU to load.', facts: {} };
  }
  const before = await firstSampleOf(look, device.id);
  const load = await startLoad(look);
  if (typeof load === 'string')
    return { name, outcome: 'not run', sentence: load, facts: { before } };
  const samples = await sampleWhile(look, device.id, load);
  const answer = await load.ended;
  const after = await sampleOf(look, device.id);
  const peak = highest(samples);
  const facts = { load: load.name, answer, samples: samples.length, before, peak, after };
  const isSeen = (peak.utilizationPercent ?? 0) >= 50;
  const grew = (metric: MetricName) => (peak[metric] ?? 0) > (before?.[metric] ?? Infinity);
  const moved = metricNames.filter((metric) => grew(metric));
  return isSeen && grew('memoryUsedBytes')
    ? { name, outcome: 'passed', sentence: `The load shows in ${moved.join(', ')}.`, facts }
    : { name, outcome: 'failed', sentence: 'The load does not show in what is measured.', facts };
}

/** A tool that goes on measuring has nothing to say at first. */
async function firstSampleOf(look: LoadLook, deviceId: string): Promise<Values | null> {
  for (let tries = 0; tries < 10; tries += 1) {
    const values = await sampleOf(look, deviceId);
    if (values !== null) return values;
    await delay(sampleEveryMs);
  }
  return null;
}

async function sampleWhile(look: LoadLook, deviceId: string, load: Load): Promise<Values[]> {
  const samples: Values[] = [];
  const over = new AbortController();
  void load.ended.finally(() => over.abort());
  while (!over.signal.aborted) {
    const values = await sampleOf(look, deviceId);
    if (values !== null && !over.signal.aborted) samples.push(values);
    await delay(sampleEveryMs);
  }
  return samples;
}

async function sampleOf(look: LoadLook, deviceId: string): Promise<Values | null> {
  const signal = AbortSignal.timeout(10_000);
  const results = await Promise.all(look.detectors.map((detector) => detector.sample(signal)));
  const sample = results.flatMap(({ samples }) => samples).find(({ uuid }) => uuid === deviceId);
  if (sample === undefined) return null;
  const entries = metricNames.map((metric) => [metric, sample.metrics[metric]?.value ?? null]);
  return Object.fromEntries(entries) as Values;
}

function highest(samples: readonly Values[]): Values {
  const entries = metricNames.map((metric) => {
    const values = samples.flatMap((sample) => sample[metric] ?? []);
    return [metric, values.length === 0 ? null : Math.max(...values)];
  });
  return Object.fromEntries(entries) as Values;
}
