import { Button, Grid, SimpleGrid, Stack } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { useChannelRefresh, usePollMs } from '../live/use-stream.ts';
import { CommandLines } from '../parts/command-lines.tsx';
import { PageHeading } from '../parts/page-heading.tsx';
import { QueryView } from '../parts/query-view.tsx';
import { SectionCard } from '../parts/section-card.tsx';
import {
  healthQuery,
  overviewQuery,
  publicAgentsQuery,
  publicJobsQuery,
} from '../queries/market.ts';
import { curlLine } from '../shell-command.ts';
import { AgentGrid } from './overview/agent-grid.tsx';
import { BoardTable } from './overview/board-table.tsx';
import { HealthList } from './overview/health-list.tsx';
import { OverviewStats } from './overview/overview-stats.tsx';

/** The public front page: what the marketplace does right now. */
export function OverviewPage() {
  const { t } = useTranslation();
  const app = useApp();
  const refetchInterval = usePollMs();
  useChannelRefresh('market', ['market']);
  const overview = useQuery({ ...overviewQuery(app), refetchInterval });
  const jobs = useQuery({ ...publicJobsQuery(app), refetchInterval });
  const agents = useQuery({ ...publicAgentsQuery(app), refetchInterval });
  const health = useQuery({ ...healthQuery(app), refetchInterval: 15_000 });
  const url = `${location.origin}/api/v1/marketplace/overview`;
  return (
    <>
      <PageHeading
        title={t('overview.title')}
        subtitle={t('overview.subtitle')}
        actions={
          <Button
            renderRoot={(props) => <Link to="/jobs/new" {...props} />}
            leftSection={<IconPlus size={17} aria-hidden />}
          >
            {t('nav.newJob')}
          </Button>
        }
      />
      <Stack gap="lg">
        <QueryView query={overview} lines={4}>
          {(data) => <OverviewStats overview={data} />}
        </QueryView>
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, lg: 8 }}>
            <SectionCard
              id="board"
              title={t('board.title')}
              description={t('board.description')}
              padding="flush"
            >
              <QueryView query={jobs}>{(data) => <BoardTable jobs={data} />}</QueryView>
            </SectionCard>
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 4 }}>
            <QueryView query={health}>{(data) => <HealthList health={data} />}</QueryView>
          </Grid.Col>
        </Grid>
        <SectionCard id="agents" title={t('agents.title')} description={t('agents.description')}>
          <QueryView query={agents}>{(data) => <AgentGrid agents={data} />}</QueryView>
        </SectionCard>
        <SimpleGrid cols={1}>
          <CommandLines lines={[{ label: 'curl', text: curlLine({ url }) }]} />
        </SimpleGrid>
      </Stack>
    </>
  );
}
