import { Grid, Stack } from '@mantine/core';
import { isMarketError } from '@node3/shared/error';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { CommandLines } from '../parts/command-lines.tsx';
import { PageHeading } from '../parts/page-heading.tsx';
import { QueryView } from '../parts/query-view.tsx';
import { SectionCard } from '../parts/section-card.tsx';
import {
  agentStatusQuery,
  localEarningsQuery,
  localEconomicsQuery,
  localExecutionsQuery,
} from '../queries/provider.ts';
import { ActiveExecutions } from './agent/active-executions.tsx';
import { AgentEntry } from './agent/agent-entry.tsx';
import { AgentHero } from './agent/agent-hero.tsx';
import { DeviceTiles } from './agent/device-tiles.tsx';
import { EarningsView } from './agent/earnings-view.tsx';
import { GpuEarnings } from './agent/gpu-earnings.tsx';
import { MachineFacts } from './agent/machine-facts.tsx';
import { ModeButtons } from './agent/mode-buttons.tsx';
import { ProblemList } from './agent/problem-list.tsx';
import { RecentExecutions } from './agent/recent-executions.tsx';

/** The provider's page: is this machine earning, and if not, why not. */
export function AgentPage() {
  const { t } = useTranslation();
  const app = useApp();
  const status = useQuery(agentStatusQuery(app));
  const earnings = useQuery(localEarningsQuery(app));
  const executions = useQuery(localExecutionsQuery(app));
  const economics = useQuery(localEconomicsQuery(app));
  const isLocked = isMarketError(executions.error, 'AGENT_TOKEN_REQUIRED');
  const isEntered = executions.data !== undefined && !isLocked;
  return (
    <>
      <PageHeading
        title={status.data?.name ?? t('agentPage.title')}
        subtitle={t('agentPage.subtitle')}
        actions={
          status.data === undefined || !isEntered ? null : <ModeButtons state={status.data.state} />
        }
      />
      <Stack gap="lg">
        {isLocked && <AgentEntry />}
        <QueryView query={status} lines={6}>
          {(data) => (
            <>
              <AgentHero status={data} />
              {data.problems.length > 0 && <ProblemList problems={data.problems} />}
            </>
          )}
        </QueryView>
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, lg: 8 }}>
            <Stack gap="lg">
              {status.data !== undefined && (
                <>
                  {isEntered && <ActiveExecutions status={status.data} />}
                  <SectionCard title={t('devices.title')} id="devices">
                    <DeviceTiles
                      devices={status.data.devices}
                      samples={status.data.samples}
                      proofs={status.data.proofs ?? []}
                    />
                  </SectionCard>
                </>
              )}
              {!isLocked && (
                <SectionCard
                  title={t('gpuEarnings.title')}
                  description={t('gpuEarnings.text')}
                  padding="flush"
                  id="gpu-earnings"
                >
                  <QueryView query={economics}>
                    {({ earned }) => <GpuEarnings earned={earned} />}
                  </QueryView>
                </SectionCard>
              )}
              {!isLocked && (
                <SectionCard title={t('recent.title')} padding="flush" id="executions">
                  <QueryView query={executions}>
                    {(data) => <RecentExecutions executions={data} />}
                  </QueryView>
                </SectionCard>
              )}
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 4 }}>
            <Stack gap="lg">
              {!isLocked && (
                <SectionCard title={t('earnings.title')} id="earnings">
                  <QueryView query={earnings}>{(data) => <EarningsView local={data} />}</QueryView>
                </SectionCard>
              )}
              {status.data !== undefined && <MachineFacts status={status.data} />}
            </Stack>
          </Grid.Col>
        </Grid>
        <CommandLines
          lines={[{ label: 'curl', text: `curl ${location.origin}/api/v1/local/status` }]}
        />
      </Stack>
    </>
  );
}
