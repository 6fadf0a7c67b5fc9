import { Group, SimpleGrid, Stack } from '@mantine/core';
import { jobStates } from '@node3/shared/job-state';
import { getAdminOverview } from '@node3/shared/routes/admin-overview';
import { getOverview } from '@node3/shared/routes/marketplace';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { usePollMs } from '../../live/use-stream.ts';
import { PageLink } from '../../parts/page-link.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { JobStateBadge } from '../../parts/state-badge.tsx';
import { operatorQuery } from '../../queries/operator.ts';
import { curlLine } from '../../shell-command.ts';
import { HealthFacts } from './overview/health-facts.tsx';
import { MarketStats } from './overview/market-stats.tsx';
import { MoneyFacts } from './overview/money-facts.tsx';
import { OperatorPage } from './shared/operator-page.tsx';

/** How the marketplace does, for whoever runs it: every number leads to the rows behind it. */
export function AdminOverviewPage() {
  const { t } = useTranslation();
  const url = `${location.origin}${getAdminOverview.url}`;
  return (
    <OperatorPage
      title={t('op.overview.title')}
      subtitle={t('op.overview.subtitle')}
      lines={[
        { label: 'CLI', text: 'node3 admin stats' },
        { label: 'curl', text: curlLine({ url }) },
      ]}
    >
      {() => (
        <Stack gap="lg">
          <Stats />
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
            <MoneyFacts />
            <HealthFacts />
          </SimpleGrid>
        </Stack>
      )}
    </OperatorPage>
  );
}

function Stats() {
  const app = useApp();
  const refetchInterval = usePollMs();
  const market = useQuery({ ...operatorQuery(app, getOverview, {}), refetchInterval });
  const more = useQuery({ ...operatorQuery(app, getAdminOverview, {}), refetchInterval });
  return (
    <QueryView query={market} lines={6}>
      {(overview) => (
        <QueryView query={more} lines={6}>
          {(admin) => (
            <>
              <MarketStats overview={overview} admin={admin} />
              <JobCounts jobs={overview.jobs} />
            </>
          )}
        </QueryView>
      )}
    </QueryView>
  );
}

function JobCounts({ jobs }: { jobs: Record<string, number> }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <SectionCard title={t('op.overview.jobs')} description={t('op.overview.jobsHint')}>
      <Group gap="lg">
        {jobStates.map((state) => (
          <Group key={state} gap={8} wrap="nowrap">
            <JobStateBadge state={state} />
            <PageLink
              to="/admin/queue"
              search={{ state }}
              aria-label={t('op.overview.jobsOf', {
                jobs: format.number(jobs[state] ?? null),
                state: t(`job.state.${state}`),
              })}
            >
              {format.number(jobs[state] ?? null)}
            </PageLink>
          </Group>
        ))}
      </Group>
    </SectionCard>
  );
}
