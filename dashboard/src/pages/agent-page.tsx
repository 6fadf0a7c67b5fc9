import { Grid, SimpleGrid, Stack } from '@mantine/core';
import { isMarketError } from '@node3/shared/error';
import type { AgentStatus } from '@node3/shared/routes/agent-local';
import { IconCalendar, IconClock, IconCpu2, IconListDetails } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { useFormat } from '../i18n/use-format.ts';
import { CommandLines } from '../parts/command-lines.tsx';
import { PageHeading } from '../parts/page-heading.tsx';
import { QueryView } from '../parts/query-view.tsx';
import { SectionCard } from '../parts/section-card.tsx';
import { StatCard } from '../parts/stat-card.tsx';
import {
  agentStatusQuery,
  localEarningsQuery,
  localExecutionsQuery,
  localPolicyQuery,
  telemetryQuery,
} from '../queries/provider.ts';
import { ActiveExecutions } from './agent/active-executions.tsx';
import { AgentEntry } from './agent/agent-entry.tsx';
import { AgentHero } from './agent/agent-hero.tsx';
import { DeviceTiles } from './agent/device-tiles.tsx';
import { MachineFacts } from './agent/machine-facts.tsx';
import { ModeButtons } from './agent/mode-buttons.tsx';
import { MoneyAmounts } from './agent/money-amounts.tsx';
import { ProblemList } from './agent/problem-list.tsx';
import './agent/agent-pages.css';
import { lazyPart } from '../parts/lazy-part.ts';

/** Below the fold, and a table is a tenth of what this page would load at first. */
const WorkTable = lazyPart(async () => (await import('./agent/work-table.tsx')).WorkTable);

const recentRows = { limit: 8 };

/** The provider's page: is this machine earning, and if not, why not. */
export function AgentPage() {
  const { t } = useTranslation();
  const app = useApp();
  const status = useQuery(agentStatusQuery(app));
  const executions = useQuery(localExecutionsQuery(app, recentRows));
  const isLocked = isMarketError(executions.error, 'AGENT_TOKEN_REQUIRED');
  const isEntered = executions.data !== undefined && !isLocked;
  const { data } = status;
  return (
    <>
      <PageHeading
        title={data?.name ?? t('agentPage.title')}
        subtitle={t('agentPage.subtitle')}
        actions={data === undefined || !isEntered ? null : <ModeButtons status={data} />}
      />
      <Stack gap="lg">
        {isLocked && <AgentEntry />}
        <QueryView query={status}>
          {(known) => (
            <>
              <AgentHero status={known} />
              {known.problems.length > 0 && <ProblemList problems={known.problems} />}
              {isEntered && <Figures status={known} />}
            </>
          )}
        </QueryView>
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, lg: 8 }}>
            <Stack gap="lg">
              {data !== undefined && isEntered && <ActiveExecutions status={data} />}
              {data !== undefined && <Devices status={data} isEntered={isEntered} />}
              {!isLocked && (
                <SectionCard
                  title={t('recent.title')}
                  padding="flush"
                  id="executions"
                  aside={
                    <Link to="/jobs" className="plain-link">
                      {t('recent.all')}
                    </Link>
                  }
                >
                  <QueryView query={executions}>
                    {(page) => (
                      <Suspense fallback={null}>
                        <WorkTable executions={page.data} />
                      </Suspense>
                    )}
                  </QueryView>
                </SectionCard>
              )}
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 4 }}>
            <Stack gap="lg">{data !== undefined && <MachineFacts status={data} />}</Stack>
          </Grid.Col>
        </Grid>
        <CommandLines
          lines={[
            { label: 'CLI', text: 'node3 agent status' },
            { label: 'curl', text: `curl ${location.origin}/api/v1/local/status` },
          ]}
        />
      </Stack>
    </>
  );
}

function Devices({ status, isEntered }: { status: AgentStatus; isEntered: boolean }) {
  const { t } = useTranslation();
  const app = useApp();
  const history = useQuery({ ...telemetryQuery(app, '1h'), enabled: isEntered });
  const policy = useQuery({ ...localPolicyQuery(app), enabled: isEntered });
  return (
    <SectionCard
      title={t('devices.title')}
      id="devices"
      aside={
        <Link to="/gpus" className="plain-link">
          {t('devices.all')}
        </Link>
      }
    >
      <DeviceTiles
        devices={status.devices}
        samples={status.samples}
        proofs={status.proofs ?? []}
        history={history.data ?? null}
        withheld={policy.data?.withheld ?? []}
      />
    </SectionCard>
  );
}

/** The four figures a provider looks for first; each leads to what is behind it. */
function Figures({ status }: { status: AgentStatus }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data } = useQuery(localEarningsQuery(useApp()));
  const earned = data?.earnings?.earned;
  const within = data?.earnings?.within;
  const unknown = <span className="unknown">{t('state.unknown')}</span>;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }} component="ul" className="plain-list">
      <StatCard
        label={t('earnings.today')}
        icon={IconCalendar}
        value={
          earned === undefined ? (
            unknown
          ) : (
            <MoneyAmounts SOL={earned.SOL.today} USDC={earned.USDC.today} />
          )
        }
        note={t('earnings.todayUtc')}
        href="/earnings"
      />
      <StatCard
        label={t('earnings.last24h')}
        icon={IconClock}
        value={
          within === undefined ? (
            unknown
          ) : (
            <MoneyAmounts SOL={within.SOL.last24h} USDC={within.USDC.last24h} />
          )
        }
        note={t('earnings.rolling')}
        href="/earnings"
      />
      <StatCard
        label={t('figures.active')}
        icon={IconListDetails}
        value={format.number(status.active.length)}
        note={t('figures.activeNote')}
        href="/jobs"
      />
      <StatCard
        label={t('figures.gpus')}
        icon={IconCpu2}
        value={format.number(status.devices.length)}
        note={t('figures.simulated', {
          count: status.devices.filter(({ simulated }) => simulated).length,
        })}
        href="/gpus"
      />
    </SimpleGrid>
  );
}
