import { Grid, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useChannelRefresh, usePollMs } from '../../live/use-stream.ts';
import { CommandLines } from '../../parts/command-lines.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { PageLink } from '../../parts/page-link.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import {
  deviceProofsQuery,
  offersQuery,
  publicAgentQuery,
  ratingsQuery,
} from '../../queries/market.ts';
import { AgentDevices } from './agent-devices.tsx';
import { AgentRatings } from './agent-ratings.tsx';
import { AgentRecord } from './agent-record.tsx';
import { agentCommands } from './market-commands.ts';
import './market-page.css';
import { AgentStatusBadge } from './offer-facts.tsx';

/** What anybody may know of one machine before a job is given to it. */
export function PublicAgentPage() {
  const { t } = useTranslation();
  const app = useApp();
  const { agentId = '' } = useParams({ strict: false });
  const refetchInterval = usePollMs();
  useChannelRefresh('market', ['market']);
  const agent = useQuery({ ...publicAgentQuery(app, agentId), refetchInterval });
  const proofs = useQuery(deviceProofsQuery(app, agentId));
  const ratings = useQuery(ratingsQuery(app, agentId));
  const status = 'online,offline,disabled';
  const offers = useQuery({
    ...offersQuery(app, { agent: agentId, status }),
    refetchInterval,
  });
  return (
    <>
      <PageHeading
        title={agent.data?.name ?? t('market.agent.title')}
        mark={agent.data !== undefined && <AgentStatusBadge status={agent.data.status} />}
        subtitle={
          <PageLink to="/marketplace" search={{ tab: 'compute' }}>
            {t('market.agent.all')}
          </PageLink>
        }
      />
      <QueryView query={agent} lines={8}>
        {(data) => (
          <Grid gap="lg">
            <Grid.Col span={{ base: 12, lg: 8 }}>
              <Stack gap="lg">
                <SectionCard
                  title={t('market.agent.devices')}
                  description={t('market.agent.devicesText')}
                  padding="flush"
                >
                  <QueryView query={proofs}>
                    {(known) => (
                      <AgentDevices agent={data} proofs={known} offers={offers.data?.data ?? []} />
                    )}
                  </QueryView>
                </SectionCard>
                <SectionCard
                  title={t('market.agent.ratings')}
                  description={t('market.agent.ratingsText')}
                >
                  <QueryView query={ratings}>{(all) => <AgentRatings ratings={all} />}</QueryView>
                </SectionCard>
              </Stack>
            </Grid.Col>
            <Grid.Col span={{ base: 12, lg: 4 }}>
              <AgentRecord agent={data} provider={offers.data?.data[0]?.provider ?? null} />
            </Grid.Col>
          </Grid>
        )}
      </QueryView>
      <Stack mt="lg">
        <CommandLines lines={agentCommands(agentId)} />
      </Stack>
    </>
  );
}
