import { Grid, Stack, Text } from '@mantine/core';
import { type Reason, reasonNames } from '@node3/shared/job-state';
import type { LocalExecutionDetail } from '@node3/shared/routes/agent-work';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { shorten, unknownMark } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { CommandLines } from '../../parts/command-lines.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { JobPrice } from '../../parts/job-price.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { ServerText } from '../../parts/server-words.tsx';
import { ExecutionStateBadge, PayoutStateBadge } from '../../parts/state-badge.tsx';
import { localExecutionQuery } from '../../queries/provider.ts';
import { AgentGate } from './agent-gate.tsx';
import { nameOf } from './execution-name.ts';
import { LogTail } from './log-tail.tsx';
import { Signature } from './payout-table.tsx';
import { StopButton } from './stop-button.tsx';

const tailRows = 200;

/** One run on this machine: when, with what, why it ended and what it brought. */
export function ExecutionPage() {
  const { t } = useTranslation();
  const { executionId = '' }: { executionId?: string } = useParams({ strict: false });
  const execution = useQuery(localExecutionQuery(useApp(), executionId));
  const { data } = execution;
  const isRunning = data?.isOpen === true && data.finishedAt === null;
  return (
    <>
      <PageHeading
        title={data === undefined ? t('execution.title') : nameOf(data)}
        {...(data === undefined ? {} : { mark: <ExecutionStateBadge state={data.state} /> })}
        subtitle={<span className="mono break">{executionId}</span>}
        actions={
          isRunning ? <StopButton executionId={executionId} name={nameOf(data)} /> : undefined
        }
      />
      <AgentGate query={execution} lines={9}>
        {(found) => <ExecutionView execution={found} />}
      </AgentGate>
    </>
  );
}

function ExecutionView({ execution }: { execution: LocalExecutionDetail }) {
  const { t } = useTranslation();
  const path = `/api/v1/local/executions/${execution.executionId}`;
  return (
    <Stack gap="lg">
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Stack gap="lg">
            <EndCard execution={execution} />
            <SectionCard title={t('log.title')} description={t('execution.logText')}>
              <LogTail
                executionId={execution.executionId}
                rows={tailRows}
                empty={t(execution.isOpen ? 'log.emptyRunning' : 'execution.noLines')}
              />
            </SectionCard>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Stack gap="lg">
            <PhaseCard execution={execution} />
            <MoneyCard execution={execution} />
            <MachineCard execution={execution} />
          </Stack>
        </Grid.Col>
      </Grid>
      <CommandLines
        lines={[{ label: 'curl', text: `curl -H "$AGENT_AUTH" ${location.origin}${path}` }]}
      />
    </Stack>
  );
}

function EndCard({ execution }: { execution: LocalExecutionDetail }) {
  const { t } = useTranslation();
  const { detail, exitCode, reason } = execution;
  const known: Reason | undefined = reasonNames.find((name) => name === reason);
  return (
    <SectionCard title={t('execution.end')}>
      <Text fw={600}>
        {reason === null
          ? t(execution.finishedAt === null ? 'execution.goesOn' : 'execution.noReason')
          : known === undefined
            ? reason
            : t(`reason.${known}.sentence`)}
      </Text>
      {detail !== null && reason !== 'nonzero_exit' && (
        <Text size="sm" className="break" mt={4}>
          <ServerText text={detail} />
        </Text>
      )}
      {exitCode !== null && (
        <Text size="sm" c="dimmed" mt={4}>
          {t('execution.exitCode', { code: exitCode })}
        </Text>
      )}
      {execution.owes !== null && (
        <Text size="sm" mt={4}>
          {t(`execution.owes.${execution.owes}`)}
        </Text>
      )}
      {execution.closed === 'superseded' && (
        <Text size="sm" mt={4}>
          {t('execution.superseded')}
        </Text>
      )}
    </SectionCard>
  );
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="facts-row">
      <dt>{label}</dt>
      <dd className="break">{children}</dd>
    </div>
  );
}

function PhaseCard({ execution }: { execution: LocalExecutionDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const at = (time: string | null) => (time === null ? unknownMark : <RelativeTime at={time} />);
  return (
    <SectionCard title={t('execution.phases')}>
      <dl className="facts">
        <Row label={t('execution.accepted')}>{at(execution.acceptedAt)}</Row>
        <Row label={t('execution.started')}>{at(execution.startedAt)}</Row>
        <Row label={t('execution.finished')}>{at(execution.finishedAt)}</Row>
        <Row label={t('executions.run')}>{format.runTime(execution)}</Row>
        <Row label={t('execution.limit')}>
          {execution.runSec === null ? unknownMark : format.duration(execution.runSec * 1000)}
        </Row>
        <Row label={t('execution.attempt')}>{format.number(execution.attempt)}</Row>
      </dl>
    </SectionCard>
  );
}

function MoneyCard({ execution }: { execution: LocalExecutionDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { earned, payout } = execution;
  return (
    <SectionCard title={t('execution.money')}>
      <dl className="facts">
        <Row label={t('active.reward')}>
          <JobPrice most={execution.reward} perGpuHour={execution.ratePerGpuHour} />
        </Row>
        {earned.map((one) => (
          <Row
            key={one.deviceId}
            label={t('execution.earned', {
              device: one.deviceId === 'none' ? t('gpuEarnings.none') : (one.model ?? unknownMark),
            })}
          >
            {format.money(one.earned)}
            {one.energyUsd !== null && (
              <Text size="xs" c="dimmed">
                {t('execution.energy', { usd: format.precise(one.energyUsd) })}
              </Text>
            )}
          </Row>
        ))}
        {earned.length === 0 && (
          <Row label={t('execution.earnedNothing')}>
            {t(execution.closed === null ? 'state.unknown' : 'execution.nothing')}
          </Row>
        )}
        {payout !== null && (
          <>
            <Row label={t('payouts.payout')}>
              <PayoutStateBadge state={payout.state} />
            </Row>
            <Row label={t('payouts.signature')}>
              <Signature {...payout} />
            </Row>
          </>
        )}
      </dl>
    </SectionCard>
  );
}

function MachineCard({ execution }: { execution: LocalExecutionDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <SectionCard title={t('machine.title')}>
      <dl className="facts">
        <Row label={t('execution.jobId')}>
          <span className="mono">{shorten(execution.jobId, 8, 5)}</span>
          <CopyText value={execution.jobId} label={t('execution.copyJob')} />
        </Row>
        <Row label={t('active.image')}>{execution.image ?? unknownMark}</Row>
        <Row label={t('active.devices')}>
          {execution.deviceIds.length === 0
            ? t('job.cpuOnly')
            : execution.deviceIds.map((id) => shorten(id, 12, 4)).join(', ')}
        </Row>
        <Row label={t('machine.executor')}>{execution.executor ?? unknownMark}</Row>
        <Row label={t('machine.isolation')}>{execution.isolation ?? unknownMark}</Row>
        <Row label={t('execution.memory')}>{format.bytes(execution.peakMemoryBytes)}</Row>
        <Row label={t('execution.lines')}>{format.number(execution.logLines)}</Row>
      </dl>
    </SectionCard>
  );
}
