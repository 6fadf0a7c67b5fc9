import { Card, Stack } from '@mantine/core';
import { IconListDetails } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useChannelRefresh, usePollMs } from '../../live/use-stream.ts';
import { CommandLines } from '../../parts/command-lines.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { KeysetPaging } from '../../parts/keyset-paging.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { jobsPageSize, jobsQuery } from '../../queries/jobs.ts';
import { curlLine } from '../../shell-command.ts';
import { JobTable } from './job-table.tsx';
import { StateFilter } from './state-filter.tsx';

const route = getRouteApi('/jobs');

export function OwnJobs() {
  const app = useApp();
  const { state, cursor } = route.useSearch();
  const refetchInterval = usePollMs();
  useChannelRefresh('jobs', ['own', 'jobs']);
  const query = useQuery({
    ...jobsQuery(app, { state, cursor }),
    refetchInterval,
    placeholderData: keepPreviousData,
  });
  const search = new URLSearchParams({ limit: String(jobsPageSize) });
  if (state !== undefined) search.set('state', state);
  const url = `${location.origin}/api/v1/jobs?${search.toString()}`;
  const cli = `node3 job list${state === undefined ? '' : ` --state ${state}`}`;
  return (
    <Stack gap="md">
      <StateFilter state={state} />
      <Card withBorder padding={0} aria-busy={query.isPlaceholderData}>
        <QueryView query={query} lines={6}>
          {(page) =>
            page.data.length === 0 ? (
              <NoJobs filtered={state !== undefined} />
            ) : (
              <>
                <JobTable jobs={page.data} />
                <KeysetPaging cursor={cursor} nextCursor={page.nextCursor} />
              </>
            )
          }
        </QueryView>
      </Card>
      <CommandLines
        lines={[
          { label: 'CLI', text: cli },
          { label: 'curl', text: curlLine({ url }) },
        ]}
      />
    </Stack>
  );
}

function NoJobs({ filtered }: { filtered: boolean }) {
  const { t } = useTranslation();
  if (filtered) {
    return (
      <EmptyState icon={IconListDetails} title={t('jobs.emptyFiltered')}>
        <Link to="/jobs" search={{}}>
          {t('jobs.clearFilter')}
        </Link>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={IconListDetails} title={t('jobs.empty')}>
      <Link to="/jobs/new">{t('jobs.emptyAction')}</Link>
    </EmptyState>
  );
}
