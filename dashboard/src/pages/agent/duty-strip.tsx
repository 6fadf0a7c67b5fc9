import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import { factsOf } from '../../parts/charts/chart-data.ts';
import { ChartFrame } from '../../parts/charts/chart-frame.tsx';
import { dutyByHour } from './duty-hours.ts';
import './agent-pages.css';

interface DutyStripProps {
  model: string;
  times: readonly number[];
  points: readonly (number | null)[];
}

const daysShown = 7;

/** When in the last week a device had work: a row for each day, a cell for each hour of it. */
export function DutyStrip({ model, points, times }: DutyStripProps) {
  const { t } = useTranslation();
  const { language, wholePercent: percent } = useFormat();
  const days = dutyByHour(times, points, daysShown);
  const dayName = new Intl.DateTimeFormat(language, { weekday: 'short', day: 'numeric' });
  const all = days.flatMap(({ hours }) => hours);
  const known = all.filter((value) => value !== null);
  const facts = factsOf(all);
  const hour = (index: number) => `${String(index).padStart(2, '0')}:00`;
  const summary =
    facts === null
      ? t('chart.gap')
      : t('duty.summary', {
          mean: percent(facts.total / known.length),
          hours: known.length,
          unknown: all.length - known.length,
        });
  return (
    <ChartFrame
      title={model}
      summary={summary}
      isEmpty={facts === null}
      legend={[]}
      table={{
        columns: [t('chart.time'), t('duty.share')],
        rows: () =>
          days
            .flatMap(({ hours, startMs }) =>
              hours.map((value, index) => [
                `${dayName.format(startMs)} ${hour(index)}`,
                value === null ? t('chart.gap') : percent(value),
              ]),
            )
            .toReversed(),
      }}
    >
      <div className="duty">
        {days.map(({ hours, startMs }) => (
          <div key={startMs} className="duty-day">
            <span className="duty-name">{dayName.format(startMs)}</span>
            {hours.map((value, index) => (
              <span
                key={hour(index)}
                className="duty-hour"
                data-known={value !== null}
                title={`${dayName.format(startMs)} ${hour(index)}: ${
                  value === null ? t('chart.gap') : percent(value)
                }`}
                style={{ '--duty': value ?? 0 } as CSSProperties}
              />
            ))}
          </div>
        ))}
        <div className="duty-ends" aria-hidden="true">
          <span>00:00</span>
          <span>12:00</span>
          <span>24:00</span>
        </div>
      </div>
      <p className="duty-key">{summary}</p>
    </ChartFrame>
  );
}
