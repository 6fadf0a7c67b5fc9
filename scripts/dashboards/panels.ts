/** The parts of a Grafana dashboard, as far as ours use them. Numbers are grid units: 24 to a row. */
export interface Panel {
  title: string;
  type: 'stat' | 'timeseries' | 'table' | 'bargauge' | 'state-timeline' | 'heatmap';
  width: number;
  height: number;
  unit: string;
  queries: readonly Query[];
  stacked: boolean;
  description: string;
}

export interface Query {
  expr: string;
  /** Legend, such as `{{state}}`. */
  legend: string;
  /** Whether only the newest value is asked for, as tables and single numbers want it. */
  instant: boolean;
}

export interface Row {
  title: string;
  panels: readonly Panel[];
}

type Options = Partial<Pick<Panel, 'width' | 'height' | 'unit' | 'stacked' | 'description'>>;
type Queries = Record<string, string>;

function panel(
  type: Panel['type'],
  title: string,
  queries: Queries,
  options: Options,
  isInstant: boolean,
): Panel {
  return {
    title,
    type,
    width: 12,
    height: 8,
    unit: 'short',
    stacked: false,
    description: '',
    queries: Object.entries(queries).map(([legend, expr]) => ({
      legend,
      expr,
      instant: isInstant,
    })),
    ...options,
  };
}

/** One number of now. */
export function stat(title: string, expr: string, options: Options = {}): Panel {
  return panel('stat', title, { [title]: expr }, { width: 4, height: 4, ...options }, true);
}

/** Lines over time, by their legends. */
export function series(title: string, queries: Queries, options: Options = {}): Panel {
  return panel('timeseries', title, queries, options, false);
}

export function table(title: string, queries: Queries, options: Options = {}): Panel {
  return panel('table', title, queries, options, true);
}

export function bars(title: string, queries: Queries, options: Options = {}): Panel {
  return panel('bargauge', title, queries, options, true);
}

export function timeline(title: string, queries: Queries, options: Options = {}): Panel {
  return panel('state-timeline', title, queries, options, false);
}

export function heatmap(title: string, queries: Queries, options: Options = {}): Panel {
  return panel('heatmap', title, queries, options, false);
}

/** The 50th, 95th and 99th percentile of a histogram. */
export function percentiles(histogram: string, by: readonly string[] = []): Queries {
  const labels = ['le', ...by].join(', ');
  const suffix = by.map((label) => ` {{${label}}}`).join('');
  const at = (share: number) =>
    `histogram_quantile(${share}, sum by (${labels}) (rate(${histogram}[$__rate_interval])))`;
  return { [`p50${suffix}`]: at(0.5), [`p95${suffix}`]: at(0.95), [`p99${suffix}`]: at(0.99) };
}
