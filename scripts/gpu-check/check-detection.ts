import { hostname } from 'node:os';
import type { CommandRunner } from '@node3/agent/gpu/command-runner';
import { detectDevices } from '@node3/agent/gpu/detect-devices';
import type { AgentDevice } from '@node3/agent/gpu/device';
import type { GpuDetector } from '@node3/agent/gpu/gpu-detector';
import { createGpuDetectors } from '@node3/agent/gpu/gpu-detectors';
import type { Clock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import { type Check, rounded } from './report.ts';

/** What every check needs. */
export interface Look {
  runner: CommandRunner;
  clock: Clock;
  environment: Readonly<Record<string, string | undefined>>;
}

export interface Detection {
  check: Check;
  detectors: GpuDetector[];
  devices: AgentDevice[];
}

/** The agent's own detectors, on the hardware. */
export async function checkDetection(look: Look): Promise<Detection> {
  const detectors = createGpuDetectors('hardware', look);
  const startedMs = performance.now();
  const signal = AbortSignal.timeout(60_000);
  const { devices, problems, status } = await detectDevices(
    { detectors, clock: look.clock, log: silentLogger },
    signal,
  );
  const facts = { status, tookMs: rounded(performance.now() - startedMs), devices, problems };
  return { check: { name: 'detection', ...verdict(devices, status), facts }, detectors, devices };
}

function verdict(
  devices: readonly AgentDevice[],
  status: string,
): Pick<Check, 'outcome' | 'sentence'> {
  if (status === 'unavailable') {
    return {
      outcome: 'not run',
      sentence: `There is no GPU that an agent could use on ${hostname()}.`,
    };
  }
  const incomplete = devices.filter(
    ({ memoryBytes, modelId }) => memoryBytes === null || modelId === null,
  );
  if (status !== 'ok' || incomplete.length > 0) {
    return {
      outcome: 'failed',
      sentence: `Detection is ${status}; ${incomplete.length} devices lack facts.`,
    };
  }
  return { outcome: 'passed', sentence: devices.map(({ model }) => model).join(', ') };
}
