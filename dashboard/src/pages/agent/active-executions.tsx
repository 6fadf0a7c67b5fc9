import { Group, Stack, Text } from '@mantine/core';
import type { AgentStatus } from '@node3/shared/routes/agent-local';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { shorten } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { cleanLine, plainText } from '../../logs/log-text.ts';
import { JobPrice } from '../../parts/job-price.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { ExecutionStateBadge } from '../../parts/state-badge.tsx';
import { localLogTailQuery } from '../../queries/provider.ts';
import { useNow } from '../../use-now.ts';

type Active = AgentStatus['active'][number];

/** The last lines are enough here; the requester has the whole log. */
const tailRows = 12;

export function ActiveExecutions({ status }: { status: AgentStatus }) {
  return status.active.map((execution) => (
    <ActiveCard key={execution.executionId} execution={execution} status={status} />
  ));
}

function ActiveCard({ execution, status }: { execution: Active; status: AgentStatus }) {
  const { t } = useTranslation();
  const devices = execution.deviceIds.map(
    (id) => status.devices.find((device) => device.id === id)?.model ?? shorten(id, 8, 4),
  );
  return (
    <SectionCard
      title={execution.name ?? shorten(execution.jobId, 8, 5)}
      aside={<ExecutionStateBadge state={execution.state} />}
    >
      <Stack gap="md">
        <Group gap="xl">
          <Fact
            label={t('active.reward')}
            value={<JobPrice most={execution.reward} perGpuHour={execution.ratePerGpuHour} />}
          />
          <Fact label={t('active.elapsed')} value={<Elapsed execution={execution} />} />
          <Fact
            label={t('active.devices')}
            value={devices.length === 0 ? t('job.cpuOnly') : devices.join(', ')}
          />
          <Fact label={t('active.image')} value={execution.image} />
        </Group>
        <LogTail executionId={execution.executionId} />
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

function Elapsed({ execution }: { execution: Active }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nowMs = useNow(1_000);
  const limit = format.duration(execution.runSec * 1000);
  if (execution.startedAt === null) return <>{t('active.notStarted', { limit })}</>;
  const elapsed = format.duration(Math.max(0, nowMs - Date.parse(execution.startedAt)));
  return <>{t('active.elapsedOf', { elapsed, limit })}</>;
}

function LogTail({ executionId }: { executionId: string }) {
  const { t } = useTranslation();
  const { data } = useQuery(localLogTailQuery(useApp(), executionId));
  const box = useRef<HTMLPreElement>(null);
  const lines = (data ?? []).slice(-tailRows);
  const lastSeq = lines.at(-1)?.seq;
  useEffect(() => {
    if (lastSeq !== undefined && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lastSeq]);
  return (
    <pre
      ref={box}
      className="log-tail"
      role="log"
      aria-live="off"
      aria-label={t('log.title')}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      {lines.length === 0
        ? t('log.emptyRunning')
        : lines.map((line) => `${plainText(cleanLine(line.text, 2_000))}\n`).join('')}
    </pre>
  );
}
