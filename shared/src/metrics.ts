import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** One metric as a scrape shows it. Names carry their unit; counters end in `_total`. */
export interface MetricDefinition {
  type: 'counter' | 'gauge' | 'histogram';
  help: string;
  labels: readonly string[];
  /** Upper bounds of a histogram's buckets, in the unit of its name. */
  buckets?: readonly number[];
}

export type MetricTable = Record<string, MetricDefinition>;

type NamesOf<Table extends MetricTable, Type extends MetricDefinition['type']> = {
  [Name in keyof Table & string]: Table[Name]['type'] extends Type ? Name : never;
}[keyof Table & string];

type LabelsOf<Table extends MetricTable, Name extends keyof Table> = Record<
  Table[Name]['labels'][number],
  string
>;

/** One reading of a gauge. `null` is unknown and makes no sample: an unknown value is never 0. */
export interface Sample<Labels> {
  labels: Labels;
  value: number | null;
}

/** The metrics of one process, and the only way to change them. */
export interface Metrics<Table extends MetricTable> {
  readonly registry: Registry;
  count<Name extends NamesOf<Table, 'counter'>>(
    name: Name,
    labels: LabelsOf<Table, Name>,
    by?: number,
  ): void;
  observe<Name extends NamesOf<Table, 'histogram'>>(
    name: Name,
    labels: LabelsOf<Table, Name>,
    value: number,
  ): void;
  /** Replaces all samples of a gauge, or of a counter that is kept elsewhere. */
  show<Name extends NamesOf<Table, 'gauge' | 'counter'>>(
    name: Name,
    samples: readonly Sample<LabelsOf<Table, Name>>[],
  ): void;
}

/** Registers every metric of a table. Those without labels show from the start; others once used. */
export function createMetrics<const Table extends MetricTable>(table: Table): Metrics<Table> {
  const registry = new Registry();
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  for (const [name, { type, help, labels, buckets }] of Object.entries(table)) {
    const options = { name, help, labelNames: [...labels], registers: [registry] };
    if (type === 'counter') counters.set(name, new Counter(options));
    else if (type === 'histogram') {
      histograms.set(name, new Histogram({ ...options, buckets: [...(buckets ?? [])] }));
    } else {
      const gauge = new Gauge(options);
      // Without a reading there is no sample, where the library would show 0.
      if (labels.length === 0) gauge.remove();
      gauges.set(name, gauge);
    }
  }
  return {
    registry,
    count: (name, labels, by = 1) => counters.get(name)?.inc(labels, by),
    observe: (name, labels, value) => histograms.get(name)?.observe(labels, value),
    show(name, samples) {
      const metric = gauges.get(name) ?? counters.get(name);
      metric?.reset();
      if (table[name]?.labels.length === 0) metric?.remove();
      for (const { labels, value } of samples) {
        if (value === null || !Number.isFinite(value)) continue;
        if (metric instanceof Counter) metric.inc(labels, value);
        else metric?.set(labels, value);
      }
    },
  };
}

/** Closed lists keep the number of series bounded: whatever is not on one is `other`. */
export function oneOrOther(value: string, known: ReadonlySet<string>): string {
  return known.has(value) ? value : 'other';
}
