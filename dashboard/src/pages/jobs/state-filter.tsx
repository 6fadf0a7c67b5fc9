import { Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

/** The groups people ask for; each is a list of states as the API takes it. */
const stateFilters = {
  all: undefined,
  active: 'awaiting_funds,queued,assigned,running',
  succeeded: 'succeeded',
  failed: 'failed,timed_out,expired',
  cancelled: 'cancelled',
} as const;

export function StateFilter({ state }: { state: string | undefined }) {
  const { t } = useTranslation();
  const names = Object.keys(stateFilters) as (keyof typeof stateFilters)[];
  return (
    <Group component="nav" gap={6} aria-label={t('jobs.filter.label')}>
      {names.map((name) => {
        const value = stateFilters[name];
        return (
          <Link
            key={name}
            to="/jobs"
            search={value === undefined ? {} : { state: value }}
            className="chip"
            data-active={value === state}
            aria-current={value === state ? 'true' : undefined}
          >
            {t(`jobs.filter.${name}`)}
          </Link>
        );
      })}
    </Group>
  );
}
