import type { CommandRunner } from '../command-runner.ts';
import { takeFirstReading } from '../first-reading.ts';
import type { DetectionProblem } from '../gpu-detector.ts';
import { type DeviceMetrics, measured } from '../telemetry.ts';
import { explainIntelRun } from './intel-failure.ts';
import { createGpuTopJsonReader, createGpuTopReader, type GpuTopSample } from './parse-gpu-top.ts';

const timeoutMs = 15_000;

/** Lines are the cheaper form, and are unknown to the oldest releases. */
const forms = [
  { args: ['-l', '-s', '500'], createReader: createGpuTopReader },
  { args: ['-J', '-s', '500'], createReader: createGpuTopJsonReader },
] as const;

/**
 * Takes one sample and ends the tool, which has no option to stop by itself in most releases.
 * @returns `metrics` null where it gives none, and why.
 */
export async function readGpuTop(
  runner: CommandRunner,
  signal: AbortSignal,
): Promise<{ metrics: Partial<DeviceMetrics> | null; problem: DetectionProblem | null }> {
  let problem: DetectionProblem | null = null;
  for (const { args, createReader } of forms) {
    const tool = { file: 'intel_gpu_top', args, timeoutMs };
    const { reading, result } = await takeFirstReading(runner, tool, createReader(), signal);
    if (reading !== null) return { metrics: metricsOf(reading), problem: null };
    problem = result === null ? null : explainIntelRun('intel_gpu_top', result);
    // The other form would fail for the same reason.
    const isUnknownForm =
      problem?.code === 'unknown-error' || problem?.code === 'output-unreadable';
    if (!isUnknownForm) break;
  }
  return { metrics: null, problem };
}

function metricsOf(sample: GpuTopSample): Partial<DeviceMetrics> {
  return {
    utilizationPercent: measured(sample.utilizationPercent),
    smClockMegahertz: measured(sample.clockMegahertz),
    powerWatts: measured(sample.powerWatts),
  };
}
