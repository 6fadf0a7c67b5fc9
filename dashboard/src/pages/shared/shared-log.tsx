import { Text } from '@mantine/core';
import type { LogPage } from '@node3/shared/routes/jobs';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import { cleanLine, plainText } from '../../logs/log-text.ts';
import { SectionCard } from '../../parts/section-card.tsx';

const lineChars = 2_000;

/** The end of the log as plain text: whatever a program wrote, it acts upon nothing here. */
export function SharedLog({ page, isOver }: { page: LogPage; isOver: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data, removedAt } = page;
  return (
    <SectionCard
      title={t('log.last')}
      aside={
        <Text size="sm" c="dimmed" component="span">
          {isOver ? t('log.ended') : t('log.live')}
        </Text>
      }
    >
      {data.length === 0 ? (
        <Text size="sm" c="dimmed">
          {removedAt === null
            ? t('log.emptyRunning')
            : t('shared.logRemoved', { time: format.time(Date.parse(removedAt)) })}
        </Text>
      ) : (
        <div
          role="log"
          aria-label={t('log.title')}
          aria-live="off"
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          className="log-tail shared-log"
        >
          {data.map(({ seq, text }) => (
            <div key={seq}>{plainText(cleanLine(text, lineChars)) || ' '}</div>
          ))}
        </div>
      )}
    </SectionCard>
  );
}
