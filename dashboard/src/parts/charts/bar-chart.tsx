import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import { type BarChartData, factsOf, niceTop } from './chart-data.ts';
import { ChartFrame } from './chart-frame.tsx';
import { BlockSwatch, seriesVariable } from './chart-look.tsx';

export interface BarChartProps {
  title: string;
  data: BarChartData;
  /** A value with its unit. */
  format: (value: number) => string;
  /** One bar for each day, or one for each series of a day. */
  layout?: 'stacked' | 'grouped';
  height?: number;
  /** Why there may be nothing to show, where more is known than that. */
  empty?: string;
}

/**
 * Bars by day: `<BarChart title="Earned" data={{ days, series }} format={usdc} />`. A day of which nothing is
 * known has a hatched place in the chart and "no data" in the table; one with 0 has an empty place.
 */
export function BarChart(props: BarChartProps) {
  const { title, data, empty, format, layout = 'stacked', height = 160 } = props;
  const { t } = useTranslation();
  const { days, series } = data;
  const day = useDayFormat();
  const sums = days.map((_, index) => sumOf(series.map(({ points }) => points[index] ?? null)));
  const tops = layout === 'stacked' ? sums : series.flatMap(({ points }) => points);
  const top = niceTop(factsOf(tops)?.high ?? 0);
  const summary = series.map(({ label, points }) => {
    const facts = factsOf(points);
    if (facts === null) return t('chart.partUnknown', { name: label });
    const [total, high] = [format(facts.total), format(facts.high)];
    return t('chart.total', { name: label, total, high });
  });
  const cell = (value: number | null) => (value === null ? t('chart.gap') : format(value));
  return (
    <ChartFrame
      title={title}
      summary={summary.join('. ')}
      isEmpty={factsOf(sums) === null}
      {...(empty === undefined ? {} : { empty })}
      legend={series.map(({ label }, index) => ({
        label,
        swatch: <BlockSwatch index={index} key={label} />,
      }))}
      table={{
        columns: [
          t('chart.day'),
          ...series.map(({ label }) => label),
          ...(series.length > 1 ? [t('chart.total.column')] : []),
        ],
        rows: () =>
          days
            .map((name, index) => [
              day(name),
              ...series.map(({ points }) => cell(points[index] ?? null)),
              ...(series.length > 1 ? [cell(sums[index] ?? null)] : []),
            ])
            .toReversed(),
      }}
    >
      <div className="bars" style={{ height }} data-layout={layout}>
        <div className="bars-axis">
          <span>{format(top)}</span>
          <span>{format(top / 2)}</span>
          <span>{format(0)}</span>
        </div>
        <div className="bars-days">
          {days.map((name, index) => (
            <div
              key={name}
              className="bars-day"
              data-known={sums[index] !== null}
              title={`${day(name)}: ${cell(sums[index] ?? null)}`}
            >
              {series.map(({ label, points }, place) => (
                <span
                  key={label}
                  data-pattern={place % 4}
                  style={{
                    height: `${(100 * (points[index] ?? 0)) / top}%`,
                    color: `var(${seriesVariable(place)})`,
                  }}
                />
              ))}
            </div>
          ))}
        </div>
      </div>
      <div className="bars-ends">
        <span>{day(days[0] ?? '')}</span>
        <span>{day(days.at(-1) ?? '')}</span>
      </div>
    </ChartFrame>
  );
}

/** null where one is unknown: a sum of a part would look like the whole. */
function sumOf(values: readonly (number | null)[]): number | null {
  return values.reduce((sum, value) => (sum === null || value === null ? null : sum + value), 0);
}

/** A day in UTC in the reader's language. */
function useDayFormat(): (day: string) => string {
  const { language } = useFormat();
  const format = new Intl.DateTimeFormat(language, {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  });
  return (day) => (day === '' ? '' : format.format(Date.parse(day)));
}
