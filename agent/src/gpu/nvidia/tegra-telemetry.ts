import { bytesOfMebibytes } from '../byte-size.ts';
import type { CommandRunner } from '../command-runner.ts';
import { takeFirstReading } from '../first-reading.ts';
import { type DeviceSample, measured, metricsOf } from '../telemetry.ts';
import { parseTegrastats } from './parse-tegrastats.ts';

const command = { file: 'tegrastats', args: ['--interval', '500'], timeoutMs: 5_000 };

/** The GPUs inside Jetson boards, of which nvidia-smi tells little more than the name. */
export function isTegra(model: string): boolean {
  return /\b(?:nvgpu|tegra|jetson)\b/i.test(model);
}

/** @returns the sample with what tegrastats measures; as it was where that isn't installed. */
export async function withTegraStats(
  sample: DeviceSample,
  runner: CommandRunner,
  signal: AbortSignal,
): Promise<DeviceSample> {
  const { reading } = await takeFirstReading(runner, command, parseTegrastats, signal);
  if (reading === null) return sample;
  const { memoryTotalMib: total, memoryUsedMib: used } = reading;
  return {
    ...sample,
    metrics: metricsOf({
      ...sample.metrics,
      utilizationPercent: measured(reading.utilizationPercent),
      memoryUsedBytes: measured(bytesOfMebibytes(used)),
      memoryFreeBytes: measured(bytesOfMebibytes(total - used)),
      temperatureCelsius: measured(reading.temperatureCelsius),
    }),
  };
}
