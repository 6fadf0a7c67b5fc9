import { asObject, parseJsonOutput, readMeasure, valueAt } from '../json-output.ts';

/** One line of `macmon pipe`, a tool that reads power and temperature without root. */
export interface MacmonSample {
  utilizationPercent: number | null;
  clockMegahertz: number | null;
  powerWatts: number | null;
  temperatureCelsius: number | null;
  memoryTotalBytes: number | null;
}

/** @returns `null` for a line that is no sample. */
export function parseMacmon(line: string): MacmonSample | null {
  const sample = asObject(parseJsonOutput(line));
  const usage = sample?.['gpu_usage'];
  if (sample === null || !Array.isArray(usage)) return null;
  const share = readMeasure(usage[1]);
  return {
    utilizationPercent: share === null ? null : share * 100,
    clockMegahertz: readMeasure(usage[0]),
    powerWatts: readMeasure(sample['gpu_power']),
    temperatureCelsius: readMeasure(valueAt(sample, 'temp/gpu_temp_avg')),
    memoryTotalBytes: readMeasure(valueAt(sample, 'memory/ram_total')),
  };
}
