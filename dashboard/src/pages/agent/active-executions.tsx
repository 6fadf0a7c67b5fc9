import { Group, Progress, Stack, Text } from '@mantine/core';
import type { AgentStatus } from '@node3/shared/routes/agent-local';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { shorten } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { JobPrice } from '../../parts/job-price.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { ExecutionStateBadge } from '../../parts/state-badge.tsx';
import { useNow } from '../../use-now.ts';
import { nameOf } from './execution-name.ts';
import { LogTail } from './log-tail.tsx';
import { StopButton } from './stop-button.tsx';

type Active = AgentStatus['active'][number];

/** The last lines are enough here; the job's page has more. */
const tailRows = 12;

export function ActiveExecutions({ status }: { status: AgentStatus }) {
  return status.active.map((execution) => (
    <ActiveCard key={execution.executionId} execution={execution} status={status} />
  ));
}

function ActiveCard({ execution, status }: { execution: Active; status: AgentStatus }) {
  const { t } = useTranslation();
  const { executionId } = execution;
  const name = nameOf(execution);
  const devices = execution.deviceIds.map(
    (id) => status.devices.find((device) => device.id === id)?.model ?? shorten(id, 8, 4),
  );
  return (
    <SectionCard
      title={name}
      aside={
        <Group gap="sm">
          <ExecutionStateBadge state={execution.state} />
          <StopButton executionId={executionId} name={name} />
        </Group>
      }
    >
      <Stack gap="md">
        <Group gap="xl">
          <Fact
            label={t('active.reward')}
            value={<JobPrice most={execution.reward} perGpuHour={execution.ratePerGpuHour} />}
          />
          <Fact
            label={t('active.devices')}
            value={devices.length === 0 ? t('job.cpuOnly') : devices.join(', ')}
          />
          <Fact label={t('active.image')} value={execution.image} />
        </Group>
        <Elapsed execution={execution} />
        <LogTail executionId={executionId} rows={tailRows} empty={t('log.emptyRunning')} />
        <Link to="/jobs/$jobId" params={{ jobId: executionId }} className="plain-link">
          {t('active.details')}
        </Link>
      </Stack>
    </SectionCard>
  );
}

function Fact({ label, value }: { label: string; value: ReactNode }) {
  return (
    <div className="fact">
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text size="sm" fw={600} component="div" className="break">
        {value}
      </Text>
    </div>
  );
}

/** How much of its time a run has used. How far the job itself is, only the job knows. */
function Elapsed({ execution }: { execution: Active }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nowMs = useNow(1_000);
  const limitMs = execution.runSec * 1000;
  const limit = format.duration(limitMs);
  const ms =
    execution.startedAt === null ? null : Math.max(0, nowMs - Date.parse(execution.startedAt));
  const text =
    ms === null
      ? t('active.notStarted', { limit })
      : t('active.elapsedOf', { elapsed: format.duration(ms), limit });
  return (
    <div>
      <Group justify="space-between" mb={4}>
        <Text size="xs" c="dimmed">
          {t('active.elapsed')}
        </Text>
        <Text size="sm" fw={600}>
          {text}
        </Text>
      </Group>
      <Progress
        value={ms === null ? 0 : Math.min(100, (ms / limitMs) * 100)}
        size={6}
        aria-label={t('active.elapsed')}
      />
    </div>
  );
}
