import { Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useNow } from '../../use-now.ts';
import { dayOf, type JobsFilter } from './jobs-search.ts';

interface EndedFilterProps {
  filter: JobsFilter;
  onClear: () => void;
}

/** Says that the list is of the jobs that ended in a time, and takes that away again. */
export function EndedFilter({ filter: { endedFrom, endedTo }, onClear }: EndedFilterProps) {
  const { t } = useTranslation();
  const nowMs = useNow(60_000);
  if (endedFrom === undefined && endedTo === undefined) return null;
  const from = endedFrom === undefined ? null : dayOf(endedFrom, nowMs);
  const to = endedTo === undefined ? null : dayOf(endedTo, nowMs);
  const text =
    from === to
      ? t('jobs.ended.on', { day: from })
      : from === null
        ? t('jobs.ended.until', { day: to })
        : to === null
          ? t('jobs.ended.since', { day: from })
          : t('jobs.ended.between', { from, to });
  return (
    <div>
      <Button
        size="xs"
        radius="xl"
        variant="light"
        rightSection={<IconX size={14} aria-hidden />}
        aria-label={t('jobs.ended.clear', { text })}
        onClick={onClear}
      >
        {text}
      </Button>
    </div>
  );
}
