import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { publicAgentsQuery, publicJobsQuery } from '../../queries/market.ts';
import { agentStatusQuery } from '../../queries/provider.ts';
import { AgentGrid } from '../overview/agent-grid.tsx';
import { BoardTable } from '../overview/board-table.tsx';

const pollMs = 5_000;

/** The public board of the marketplace that this agent works for, read through the agent. */
export function MarketPage() {
  const { t } = useTranslation();
  const app = useApp();
  const { data: status } = useQuery(agentStatusQuery(app));
  const jobs = useQuery({ ...publicJobsQuery(app), refetchInterval: pollMs });
  const agents = useQuery({ ...publicAgentsQuery(app), refetchInterval: pollMs });
  return (
    <>
      <PageHeading title={t('nav.marketplace')} subtitle={status?.marketplaceUrl} />
      <Stack gap="lg">
        <SectionCard title={t('board.title')} padding="flush">
          <QueryView query={jobs}>{(data) => <BoardTable jobs={data} />}</QueryView>
        </SectionCard>
        <SectionCard title={t('agents.title')}>
          <QueryView query={agents}>{(data) => <AgentGrid agents={data} />}</QueryView>
        </SectionCard>
      </Stack>
    </>
  );
}
