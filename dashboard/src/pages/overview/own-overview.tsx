import { Button, Grid, Stack } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useChannelRefresh, usePollMs } from '../../live/use-stream.ts';
import { CommandLines } from '../../parts/command-lines.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import {
  healthQuery,
  overviewQuery,
  ownCapsQuery,
  ownOverviewQuery,
} from '../../queries/market.ts';
import { curlLine } from '../../shell-command.ts';
import type { OwnAccount } from '../../viewer/viewer.ts';
import { FirstRun } from './first-run.tsx';
import { HealthList } from './health-list.tsx';
import { OwnStats } from './own-stats.tsx';
import { RecentJobs } from './recent-jobs.tsx';
import { SpendCard } from './spend-card.tsx';

const recentShown = 5;

/** How the own jobs, the money and the system stand. */
export function OwnOverview({ account }: { account: OwnAccount }) {
  const { t } = useTranslation();
  const app = useApp();
  const refetchInterval = usePollMs();
  useChannelRefresh('jobs', ['own']);
  useChannelRefresh('market', ['market']);
  const own = useQuery({ ...ownOverviewQuery(app), refetchInterval });
  const caps = useQuery({ ...ownCapsQuery(app), refetchInterval });
  const market = useQuery({ ...overviewQuery(app), refetchInterval });
  const health = useQuery({ ...healthQuery(app), refetchInterval: 15_000 });
  const url = `${location.origin}/api/v1/account/overview`;
  return (
    <>
      <PageHeading
        title={t('overview.title')}
        subtitle={t('overview.subtitle')}
        actions={
          <Button renderRoot={(button) => <Link to="/marketplace" {...button} />} variant="default">
            {t('overview.toMarket')}
          </Button>
        }
      />
      <Stack gap="lg">
        <QueryView query={own} lines={4}>
          {(data) => (
            <>
              <FirstRun account={account} own={data} />
              <OwnStats own={data} />
            </>
          )}
        </QueryView>
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, lg: 8 }}>
            <SectionCard
              title={t('overview.recent')}
              description={t('overview.recentText', { count: recentShown })}
              aside={<Link to="/jobs">{t('overview.allJobs')}</Link>}
              padding="flush"
            >
              <QueryView query={own}>
                {({ recent }) => <RecentJobs jobs={recent.slice(0, recentShown)} />}
              </QueryView>
            </SectionCard>
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 4 }}>
            <Stack gap="lg">
              <QueryView query={caps}>
                {(data) => <SpendCard caps={data} balances={account.balances} />}
              </QueryView>
              <QueryView query={health}>
                {(data) => <HealthList health={data} agents={market.data?.agents ?? null} />}
              </QueryView>
            </Stack>
          </Grid.Col>
        </Grid>
        <CommandLines
          lines={[
            { label: 'CLI', text: 'node3 job list' },
            { label: 'curl', text: curlLine({ url }) },
          ]}
        />
      </Stack>
      <Link to="/jobs/new" className="new-job-button" aria-label={t('nav.newJob')}>
        <IconPlus size={28} aria-hidden />
      </Link>
    </>
  );
}
