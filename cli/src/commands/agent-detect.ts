import { createCommandRunner } from '@node3/agent/gpu/command-runner';
import { createGpuDetectors, type GpuDetectorsDeps } from '@node3/agent/gpu/gpu-detectors';
import {
  type InspectedDevice,
  type Inspection,
  inspectDevices,
  knownMetrics,
} from '@node3/agent/gpu/inspect-devices';
import { metricNames } from '@node3/agent/gpu/telemetry';
import { silentLogger } from '@node3/shared/logger';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatFacts } from '../output/table.ts';
import type { Call } from '../program/attach-action.ts';

const detectMsMax = 60_000;

/** Exit code 1 when there is hardware that does not work; a machine without a GPU is no failure. */
export async function detectGpus(
  context: Context,
  _call: Call<object>,
  machine: Pick<GpuDetectorsDeps, 'files' | 'platform'> = {},
): Promise<number> {
  const { host, terminal } = context;
  const { clock } = host;
  const runner = createCommandRunner({ environment: host.env });
  const parts = { runner, clock, telemetry: 'query', ...machine } as const;
  const detectors = createGpuDetectors('hardware', parts);
  const found = await inspectDevices(
    { detectors, clock, log: silentLogger },
    AbortSignal.timeout(detectMsMax),
  );
  if (terminal.json) await terminal.object(found);
  else for (const line of formatInspection(found)) await terminal.data(line);
  return found.status === 'error' ? exitCodes.failure.code : exitCodes.ok.code;
}

export function formatInspection({ devices, problems, tried }: Inspection): string[] {
  const lines = devices.flatMap((device) => [...formatDevice(device), '']);
  if (devices.length === 0) {
    // What is built in and broken is no machine without a GPU.
    const finding = problems.length === 0 ? 'No GPU was found' : 'No GPU here can be used';
    lines.push(`${finding}; tried ${tried.join(', ')}.`);
  }
  for (const { sentence, fix } of problems) lines.push(`! ${sentence}`, `  ${fix}`);
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

function formatDevice(device: InspectedDevice): string[] {
  const framework = [device.framework, device.frameworkVersion].filter((word) => word !== null);
  const known = knownMetrics(device);
  const silent = metricNames.filter((name) => device.metrics[name].value === null);
  const age = device.metricsAgeMs === null ? '' : `, ${Math.round(device.metricsAgeMs)} ms ago`;
  return [
    device.model,
    ...formatFacts([
      ['  id', device.id],
      ['  catalogue', device.modelId ?? 'not in it'],
      ['  memory', memoryText(device)],
      ['  programs use', framework.join(' ') || null],
      ['  capability', device.computeCapability],
      ['  driver', device.driverVersion],
      ['  place', device.pciBusId],
      ['  found by', device.foundBy],
      ['  health', device.health.reason ?? 'ok'],
      ['  slowed by', device.slowdowns?.join(', ') || null],
      ...known.map(
        ([name, { value, source }]) =>
          [`  ${name}`, `${value === null ? '' : valueText(value)} (${source}${age})`] as const,
      ),
      ['  unavailable', silent.join(', ') || null],
    ]),
  ];
}

function memoryText({ memoryBytes, memoryUnified }: InspectedDevice): string {
  if (memoryBytes !== null) return `${(memoryBytes / 1024 ** 3).toFixed(1)} GiB`;
  return memoryUnified ? "the machine's own" : 'unknown';
}

function valueText(value: number): string {
  return String(Math.round(value * 100) / 100);
}
