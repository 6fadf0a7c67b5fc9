import type { UsagePoint, UsageReading, UsageSummary } from '@node3/shared/execution-usage';
import { toTimestamp } from '@node3/shared/schema';
import { usageLimits } from '@node3/shared/usage-limits';

type Used = Omit<UsageReading, 'ageMs'>;

export const measured = [
  'cpuCores',
  'memoryBytes',
  'gpuUtilizationRatio',
  'gpuMemoryBytes',
] as const;
type Measured = (typeof measured)[number];

/** Sum and count of what was measured; a reading that is null counts for nothing. */
interface Tally {
  sum: number;
  count: number;
  peak: number;
}

interface Bucket {
  number: number;
  /** Which reading was the last of it. */
  reading: number;
  tallies: Record<Measured, Tally>;
}

/** How many readings said something, so that means can be joined. */
export type UsageCounts = Record<Measured, number>;

export interface StoredUsage {
  intervalMs: number;
  points: UsagePoint[];
  /** Absent where an earlier version has stored it. */
  counts?: UsageCounts;
  summary: UsageSummary;
}

/** `whole`: these are all points, and take the place of those that were told before. */
export interface UsageNews {
  whole: boolean;
  usage: StoredUsage;
}

/**
 * What one execution used, in bounded memory: means over intervals that double whenever there are too
 * many of them, and the peaks of all readings. An interval without a reading has no point.
 */
export class UsageSeries {
  #intervalMs: number = usageLimits.usageSampleMs;
  #buckets: Bucket[] = [];
  #readings = 0;
  /** After which reading intervals became longer: what was told of points before is no longer so. */
  #halvedAt = 0;
  readonly #all = newTallies();

  /** Readings come in order; one that is older than the last interval is left out. */
  add(atMs: number, used: Used): void {
    const number = Math.floor(atMs / this.#intervalMs);
    let bucket = this.#buckets.at(-1);
    if (bucket !== undefined && number < bucket.number) return;
    if (bucket === undefined || bucket.number < number) {
      bucket = { number, reading: 0, tallies: newTallies() };
      this.#buckets.push(bucket);
    }
    note(bucket.tallies, used);
    note(this.#all, used);
    this.#readings += 1;
    bucket.reading = this.#readings;
    if (this.#buckets.length > usageLimits.usagePointsPerExecution) this.#halve();
  }

  /** What whoever knew so many readings has to be told; all points where it knows other ones. */
  since(readings: number): UsageNews {
    const whole = readings <= this.#halvedAt || readings > this.#readings;
    return { whole, usage: this.view(whole ? 0 : readings) };
  }

  /** @param after points of which no reading came after this one are left out. */
  view(after = 0): StoredUsage {
    const { cpuCores, memoryBytes, gpuUtilizationRatio, gpuMemoryBytes } = this.#all;
    return {
      intervalMs: this.#intervalMs,
      points: this.#buckets
        .filter(({ reading }) => reading > after)
        .map(({ number, tallies }) => ({
          at: toTimestamp(number * this.#intervalMs),
          cpuCores: mean(tallies.cpuCores),
          memoryBytes: rounded(mean(tallies.memoryBytes)),
          gpuUtilizationRatio: mean(tallies.gpuUtilizationRatio),
          gpuMemoryBytes: rounded(mean(tallies.gpuMemoryBytes)),
        })),
      counts: {
        cpuCores: cpuCores.count,
        memoryBytes: memoryBytes.count,
        gpuUtilizationRatio: gpuUtilizationRatio.count,
        gpuMemoryBytes: gpuMemoryBytes.count,
      },
      summary: {
        readings: this.#readings,
        cpuCoresMean: mean(cpuCores),
        cpuCoresPeak: peak(cpuCores),
        memoryBytesPeak: peak(memoryBytes),
        gpuUtilizationRatioMean: mean(gpuUtilizationRatio),
        gpuUtilizationRatioPeak: peak(gpuUtilizationRatio),
        gpuMemoryBytesPeak: peak(gpuMemoryBytes),
      },
    };
  }

  /** Makes it so small that it is worth a row. */
  shrink(): void {
    while (this.#buckets.length > usageLimits.usagePointsStored) this.#halve();
  }

  #halve(): void {
    this.#intervalMs *= 2;
    this.#halvedAt = this.#readings;
    const halved: Bucket[] = [];
    for (const { number, reading, tallies } of this.#buckets) {
      const last = halved.at(-1);
      if (last?.number === Math.floor(number / 2)) {
        last.reading = reading;
        for (const name of measured) join(last.tallies[name], tallies[name]);
      } else halved.push({ number: Math.floor(number / 2), reading, tallies });
    }
    this.#buckets = halved;
  }
}

function newTallies(): Record<Measured, Tally> {
  const none = () => ({ sum: 0, count: 0, peak: 0 });
  return {
    cpuCores: none(),
    memoryBytes: none(),
    gpuUtilizationRatio: none(),
    gpuMemoryBytes: none(),
  };
}

function note(tallies: Record<Measured, Tally>, used: Used): void {
  for (const name of measured) {
    const value = used[name];
    if (value !== null) join(tallies[name], { sum: value, count: 1, peak: value });
  }
}

function join(tally: Tally, other: Tally): void {
  tally.sum += other.sum;
  tally.count += other.count;
  tally.peak = Math.max(tally.peak, other.peak);
}

/** Nobody reads more than three places of a mean. */
function mean({ sum, count }: Tally): number | null {
  return count === 0 ? null : Math.round((sum / count) * 1_000) / 1_000;
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}

function peak({ count, peak: value }: Tally): number | null {
  return count === 0 ? null : value;
}
