import { useTranslation } from 'react-i18next';
import { days, type HoursRow } from './policy-draft.ts';
import { type OpenSpan, openByDay } from './week-hours.ts';
import '../agent/agent-pages.css';

const minutesPerDay = 1_440;

/** The hours as a picture of the week; the windows themselves are beside it in words. */
export function WeekView({ hours }: { hours: readonly HoursRow[] }) {
  const { t } = useTranslation();
  const week = openByDay(hours);
  return (
    <div>
      <ul className="plain-list week">
        {days.map((day, index) => {
          const open = week[index] ?? [];
          return (
            <li key={day} className="week-day">
              <span>{t(`policy.day.${day}`)}</span>
              <span className="visually-hidden">
                {open.length === 0 ? t('week.closed') : open.map(write).join(', ')}
              </span>
              <span className="week-bar" aria-hidden="true">
                {open.map(({ from, to }) => (
                  <span
                    key={`${from}-${to}`}
                    style={{
                      left: `${(from / minutesPerDay) * 100}%`,
                      width: `${((to - from) / minutesPerDay) * 100}%`,
                    }}
                  />
                ))}
              </span>
            </li>
          );
        })}
      </ul>
      <div className="week-ends" aria-hidden="true">
        <span>00:00</span>
        <span>12:00</span>
        <span>24:00</span>
      </div>
    </div>
  );
}

function write({ from, to }: OpenSpan): string {
  const clock = (minute: number) =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  return `${clock(from)}–${clock(to)}`;
}
