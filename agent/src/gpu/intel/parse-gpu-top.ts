/** One line of `intel_gpu_top -l`. */
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
