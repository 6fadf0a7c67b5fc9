import { asObject, parseJsonOutput, readMeasure, readText } from '../json-output.ts';

/** One card of `nvtop -s`, which knows it by its name alone. */
export interface NvtopCard {
  name: string;
  utilizationPercent: number | null;
  memoryTotalBytes: number | null;
  memoryUsedBytes: number | null;
  temperatureCelsius: number | null;
  powerWatts: number | null;
  fanPercent: number | null;
  /** What it says instead, such as `CPU Fan`: a laptop's fan is not the card's. */
  fanWords: string | null;
  clockMegahertz: number | null;
  memoryClockMegahertz: number | null;
}

/** @returns `null` where there is no list; without a card it prints a sentence and ends with 0. */
export function parseNvtop(output: string): NvtopCard[] | null {
  const list = parseJsonOutput(output);
  if (!Array.isArray(list)) return null;
  return list.flatMap((entry) => {
    const fields = asObject(entry);
    const name = readText(fields?.['device_name']);
    if (fields === null || name === null) return [];
    return [
      {
        name,
        utilizationPercent: readMeasure(fields['gpu_util']),
        memoryTotalBytes: readMeasure(fields['mem_total']),
        memoryUsedBytes: readMeasure(fields['mem_used']),
        temperatureCelsius: readMeasure(fields['temp']),
        powerWatts: readMeasure(fields['power_draw']),
        fanPercent: readMeasure(fields['fan_speed']),
        fanWords: wordsOf(fields['fan_speed']),
        clockMegahertz: readMeasure(fields['gpu_clock']),
        memoryClockMegahertz: readMeasure(fields['mem_clock']),
      },
    ];
  });
}

function wordsOf(value: unknown): string | null {
  return readMeasure(value) === null ? readText(value) : null;
}
