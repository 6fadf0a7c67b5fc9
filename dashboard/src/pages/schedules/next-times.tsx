import { Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { previewSchedule } from '@node3/shared/routes/schedules';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { ErrorWords } from '../../parts/error-words.tsx';

const settleMs = 300;
const shownTimes = 5;

/** When the marketplace would post, of an expression that is being typed; or what is wrong with it. */
export function NextTimes({ cron, timezone }: { cron: string; timezone: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { client } = useApp();
  const [asked] = useDebouncedValue({ cron: cron.trim(), timezone }, settleMs);
  const query = useQuery({
    queryKey: ['own', 'schedule-preview', asked.cron, asked.timezone],
    queryFn: ({ signal }) => client.call(previewSchedule, { body: asked }, { signal }),
    enabled: asked.cron !== '' && asked.timezone !== '',
    retry: false,
  });
  return (
    <div role="status">
      <Text size="sm" fw={600}>
        {t(format.zone === 'UTC' ? 'schedule.next' : 'schedule.nextByYourClock')}
      </Text>
      {query.error !== null && (
        <Text size="sm" c="var(--mantine-color-error)">
          <ErrorWords error={query.error} />
        </Text>
      )}
      {query.data !== undefined && (
        <ol className="plain-list">
          {query.data.next.slice(0, shownTimes).map((at) => (
            <li key={at}>
              <Text size="sm" component="time" dateTime={at}>
                {format.time(Date.parse(at))}
              </Text>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
