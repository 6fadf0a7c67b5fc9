import { Group, Text } from '@mantine/core';
import { jobStates } from '@node3/shared/job-state';
import { listAdminJobs, listQueue } from '@node3/shared/routes/admin-jobs';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { usePollMs } from '../../live/use-stream.ts';
import { FilterChips } from '../../parts/filter-chips.tsx';
import { KeysetPaging } from '../../parts/keyset-paging.tsx';
import { PageLink } from '../../parts/page-link.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { operatorQuery } from '../../queries/operator.ts';
import { curlLine } from '../../shell-command.ts';
import { JobSearch } from './queue/job-search.tsx';
import { JobsOfAll } from './queue/jobs-of-all.tsx';
import { OperatorPage } from './shared/operator-page.tsx';

const route = getRouteApi('/admin/queue');
const pageSize = 25;

/** Jobs of everybody: those that wait, the oldest first, or those of one state or account, newest first. */
export function QueuePage() {
  const { t } = useTranslation();
  const { state, account, job } = route.useSearch();
  const asked = new URLSearchParams({
    ...(account === undefined ? {} : { accountId: account }),
    ...(state === undefined ? {} : { state }),
    ...(job === undefined ? {} : { jobId: job }),
  });
  const path = asked.size === 0 ? listQueue.url : `${listAdminJobs.url}?${asked}`;
  const url = `${location.origin}${path}`;
  const choices = [
    { value: undefined, label: t((account ?? job) ? 'op.queue.all' : 'op.queue.waiting') },
    ...jobStates.map((value) => ({ value, label: t(`job.state.${value}`) })),
  ];
  return (
    <OperatorPage
      title={t('op.queue.title')}
      subtitle={t('op.queue.subtitle')}
      lines={[
        { label: 'CLI', text: `node3 api GET '${path}'` },
        { label: 'curl', text: curlLine({ url }) },
      ]}
    >
      {() => (
        <>
          <JobSearch key={job ?? ''} job={job} />
          {account !== undefined && <OfAccount account={account} />}
          <FilterChips
            label={t('op.queue.filter')}
            parameter="state"
            value={state}
            choices={choices}
          />
          {asked.size === 0 ? <Queue /> : <Found />}
        </>
      )}
    </OperatorPage>
  );
}

/** Whose jobs these are, and the way back to those of everybody. */
function OfAccount({ account }: { account: string }) {
  const { t } = useTranslation();
  return (
    <Group gap="sm">
      <Text size="sm">
        {t('op.queue.ofAccount')}{' '}
        <PageLink
          to="/admin/accounts/$accountId"
          params={{ accountId: account }}
          className="mono break"
        >
          {account}
        </PageLink>
      </Text>
      <PageLink to="/admin/queue">{t('op.queue.ofEverybody')}</PageLink>
    </Group>
  );
}

function Queue() {
  const { t } = useTranslation();
  const format = useFormat();
  const { cursor } = route.useSearch();
  const query = useQuery({
    ...operatorQuery(useApp(), listQueue, {
      query: { limit: pageSize, ...(cursor === undefined ? {} : { cursor }) },
    }),
    refetchInterval: usePollMs(),
    placeholderData: keepPreviousData,
  });
  return (
    <SectionCard
      title={t('op.queue.waiting')}
      padding="flush"
      aside={query.data && t('op.queue.depth', { depth: format.number(query.data.depth) })}
    >
      <QueryView query={query} lines={6}>
        {(page) => (
          <>
            <JobsOfAll jobs={page.data} list="queue" />
            <KeysetPaging
              cursor={cursor}
              nextCursor={page.nextCursor}
              words={{ first: t('op.queue.oldest'), next: t('op.queue.younger') }}
            />
          </>
        )}
      </QueryView>
    </SectionCard>
  );
}

/** The jobs of a state, of an account, or of both. */
function Found() {
  const { t } = useTranslation();
  const { cursor, state, account, job } = route.useSearch();
  const query = useQuery({
    ...operatorQuery(useApp(), listAdminJobs, {
      query: {
        limit: pageSize,
        ...(state === undefined ? {} : { state }),
        ...(account === undefined ? {} : { accountId: account }),
        ...(job === undefined ? {} : { jobId: job }),
        ...(cursor === undefined ? {} : { cursor }),
      },
    }),
    refetchInterval: usePollMs(),
    placeholderData: keepPreviousData,
  });
  return (
    <SectionCard
      title={t(state === undefined ? 'op.queue.all' : `job.state.${state}`)}
      padding="flush"
    >
      <QueryView query={query} lines={6}>
        {(page) => (
          <>
            <JobsOfAll jobs={page.data.map((job) => ({ ...job, ahead: null }))} list="state" />
            <KeysetPaging cursor={cursor} nextCursor={page.nextCursor} />
          </>
        )}
      </QueryView>
    </SectionCard>
  );
}
