import { Suspense, useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import { lazyPart } from '../lazy-part.ts';
import { dataWithin, factsOf, type TimeChartData } from './chart-data.ts';
import { ChartFrame, type ChartTable } from './chart-frame.tsx';
import { LineSwatch, ShadeSwatch } from './chart-look.tsx';
import { wholeOf } from './zoom-group.ts';
import { useChartZoom } from './zoomable-charts.tsx';

const PlotCanvas = lazyPart(async () => (await import('./plot-canvas.tsx')).PlotCanvas);

export interface TimeChartProps {
  title: string;
  data: TimeChartData;
  /** A value with its unit, such as `72 °C`: on the axis, under the cursor and in the table. */
  format: (value: number) => string;
  /** Charts with the same name move their cursors together. */
  sync?: string;
  /** The ends of the axis where they are known, such as 0 and 1 of a share. */
  range?: { min: number; max: number };
  /** The values are bytes, so that ticks are at whole powers of two. */
  inBytes?: true;
  /** What the values are, for round ticks: whole counts, or milliseconds. */
  steps?: 'counts' | 'durations';
  /** Why there may be nothing to show, where more is known than that. */
  empty?: string;
  /** Pixels; 180 when absent. */
  height?: number;
}

/**
 * Lines over time: `<TimeChart title="Power" data={{ times, series }} format={watts} sync="gpu" />`. uPlot is
 * loaded with the first chart. A null point is a gap in the line and "no data" in the table, never 0.
 */
export function TimeChart(props: TimeChartProps) {
  const { title, empty, format, inBytes, steps, sync, range, height = 180 } = props;
  const { t } = useTranslation();
  const zoom = useChartZoom();
  const span = zoom?.span ?? null;
  const group = zoom?.group;
  const whole = useMemo(() => wholeOf(props.data.times), [props.data.times]);
  useEffect(() => (whole === null ? undefined : group?.add(whole)), [group, whole]);
  const data = useMemo(() => dataWithin(props.data, span), [props.data, span]);
  const { band, marked, series } = data;
  const summary = useSummary(data, format);
  const isEmpty = hasNothing(data);
  // Why there is nothing at all is not why a part has nothing.
  const reason = hasNothing(props.data) ? empty : undefined;
  const shades = [
    ...(band === undefined
      ? []
      : [{ label: band.label, swatch: <ShadeSwatch kind="band" key="band" /> }]),
    ...(marked === undefined || marked.spans.length === 0
      ? []
      : [{ label: marked.label, swatch: <ShadeSwatch kind="marked" key="marked" /> }]),
  ];
  const lines = series.map(({ label }, index) => ({
    label,
    swatch: <LineSwatch index={index} key={label} />,
  }));
  return (
    <ChartFrame
      title={title}
      summary={summary}
      isEmpty={isEmpty}
      legend={[...lines, ...shades]}
      table={useTable(data, format)}
      {...(reason === undefined ? {} : { empty: reason })}
    >
      <Suspense fallback={<div style={{ height }} className="chart-waiting" aria-hidden="true" />}>
        <PlotCanvas
          data={data}
          format={format}
          height={height}
          gap={t('chart.gap')}
          {...(zoom === null ? {} : { onZoom: zoom.onZoom })}
          {...(span === null ? {} : { span })}
          {...(inBytes === undefined ? {} : { inBytes })}
          {...(steps === undefined ? {} : { steps })}
          {...(sync === undefined ? {} : { sync })}
          {...(range === undefined ? {} : { range })}
        />
      </Suspense>
    </ChartFrame>
  );
}

function hasNothing({ series, times }: TimeChartData): boolean {
  return times.length === 0 || series.every(({ points }) => factsOf(points) === null);
}

function useSummary({ series, times }: TimeChartData, format: (value: number) => string): string {
  const { t } = useTranslation();
  const clock = useFormat();
  const [from, to] = [times.at(0), times.at(-1)];
  const span =
    from === undefined || to === undefined
      ? []
      : [t('chart.between', { from: clock.time(from), to: clock.time(to) })];
  const parts = series.map(({ label, points }) => {
    const facts = factsOf(points);
    if (facts === null) return t('chart.partUnknown', { name: label });
    const last = points.at(-1) ?? null;
    return t('chart.part', {
      name: label,
      last: last === null ? t('chart.gap') : format(last),
      low: format(facts.low),
      high: format(facts.high),
    });
  });
  return [...span, ...parts].join('. ');
}

function useTable(data: TimeChartData, format: (value: number) => string): ChartTable {
  const { t } = useTranslation();
  const clock = useFormat();
  const { band, marked, series, times } = data;
  const columns = [
    ...series,
    ...(band === undefined
      ? []
      : [
          { label: `${band.label} ↓`, points: band.low },
          { label: `${band.label} ↑`, points: band.high },
        ]),
  ];
  const isMarked = (atMs: number) =>
    marked?.spans.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs) === true;
  const hasMarks = marked !== undefined && marked.spans.length > 0;
  return {
    columns: [
      t('chart.time'),
      ...columns.map(({ label }) => label),
      ...(hasMarks ? [marked.label] : []),
    ],
    rows: () =>
      times
        .map((atMs, index) => [
          clock.time(atMs),
          ...columns.map(({ points }) => {
            const value = points[index] ?? null;
            return value === null ? t('chart.gap') : format(value);
          }),
          ...(hasMarks ? [isMarked(atMs) ? '●' : ''] : []),
        ])
        .toReversed(),
  };
}
