import { Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type JobsFilter, type StateGroup, stateGroups } from './jobs-search.ts';

/** The groups of states that most people want, above the fields for everything else. */
export function StateFilter({ filter }: { filter: JobsFilter }) {
  const { t } = useTranslation();
  const { state, ...rest } = filter;
  const names = ['all', ...(Object.keys(stateGroups) as StateGroup[])] as const;
  return (
    <Group component="nav" gap={6} aria-label={t('jobs.filter.label')}>
      {names.map((name) => {
        const value = name === 'all' ? undefined : stateGroups[name];
        return (
          <Link
            key={name}
            to="/jobs"
            search={value === undefined ? rest : { ...rest, state: value }}
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
