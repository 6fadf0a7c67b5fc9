import { asObject, parseJsonOutput, readMeasure, valueAt } from '../json-output.ts';

/** One sample of `intel_gpu_top`. */
export interface GpuTopSample {
  /** The busiest engine: one that is full leaves no room, whatever the others do. */
  utilizationPercent: number | null;
  clockMegahertz: number | null;
  powerWatts: number | null;
}

/**
 * Makes a reader of the lines that `intel_gpu_top -l` prints. It repeats its header, whose columns
 * differ with the engines of the chip and with the counters it may read. A reader gives `null` for
 * a line that is no sample.
 */
export function createGpuTopReader(): (line: string) => GpuTopSample | null {
  let labels: readonly string[] | null = null;
  return (line) => {
    const words = line.trim().split(/\s+/);
    if (words[0] === 'req' && words[1] === 'act') labels = words;
    return labels === null ? null : sampleOf(labels, words);
  };
}

/** The longest object of `intel_gpu_top -J`, with hundreds of programs, has fewer characters. */
const objectCharactersMax = 262_144;

/**
 * Makes a reader of the lines of `intel_gpu_top -J`: objects over many lines, of which releases
 * before 2.0 begin no list and put no comma between. It gives a sample with an object's last line.
 */
export function createGpuTopJsonReader(): (line: string) => GpuTopSample | null {
  let text = '';
  let depth = 0;
  return (line) => {
    const from = text === '' ? line.indexOf('{') : 0;
    if (from < 0) return null;
    text += `${line.slice(from)}\n`;
    for (const [brace] of line.slice(from).matchAll(/[{}]/g)) depth += brace === '{' ? 1 : -1;
    if (depth > 0 && text.length < objectCharactersMax) return null;
    const object = text.slice(0, text.lastIndexOf('}') + 1);
    text = '';
    depth = 0;
    return sampleOfObject(parseJsonOutput(object));
  };
}

function sampleOfObject(object: unknown): GpuTopSample | null {
  const engines = Object.values(asObject(valueAt(object, 'engines')) ?? {});
  if (engines.length === 0) return null;
  const busy = engines.flatMap((engine) => readMeasure(valueAt(engine, 'busy')) ?? []);
  return {
    utilizationPercent: busy.length === 0 ? null : Math.max(...busy),
    clockMegahertz: readMeasure(valueAt(object, 'frequency/actual')),
    powerWatts:
      readMeasure(valueAt(object, 'power/GPU')) ?? readMeasure(valueAt(object, 'power/value')),
  };
}

function sampleOf(labels: readonly string[], cells: readonly string[]): GpuTopSample | null {
  if (cells.length !== labels.length) return null;
  const values = cells.map(Number);
  if (values.some((value) => !Number.isFinite(value))) return null;
  const at = (label: string) => values[labels.indexOf(label)] ?? null;
  // Each engine has `%  se  wa`; the `%` that stands alone is the share of time asleep.
  const engines = values.filter((_value, place) => labels[place + 1] === 'se');
  return {
    utilizationPercent: engines.length === 0 ? null : Math.max(...engines),
    clockMegahertz: at('act'),
    powerWatts: at('gpu'),
  };
}
