import { Alert } from '@mantine/core';
import { limits } from '@node3/shared/limits';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { explanationQuery } from '../../queries/jobs.ts';
import { useNow } from '../../use-now.ts';

/** An agent that has missed two of its reports is worth a word. */
const silentMs = 2 * limits.heartbeatMs;

/** Says that the agent of the job has gone silent, and when the job goes to another one. */
export function SilentAgent({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const nowMs = useNow(1_000);
  const isTaken = job.state === 'assigned' || job.state === 'running';
  const query = useQuery({
    ...explanationQuery(useApp(), job.jobId),
    // Not under the key of the job: its news say nothing of an agent that says nothing.
    queryKey: ['own', 'lease', job.jobId],
    enabled: isTaken,
    refetchInterval: 10_000,
  });
  const lease = query.data?.lease ?? null;
  if (!isTaken || lease === null || lease.agentSeenAt === null) return null;
  const silentForMs = nowMs - Date.parse(lease.agentSeenAt);
  if (silentForMs < silentMs) return null;
  const leftMs = Date.parse(lease.lostAt) - nowMs;
  const silence = format.duration(roundToSec(silentForMs));
  return (
    <Alert
      color="orange"
      variant="light"
      icon={<IconPlugConnectedX aria-hidden />}
      title={t('lease.silent', { silence })}
    >
      {leftMs > 0
        ? t('lease.lostIn', { left: format.duration(roundToSec(leftMs)) })
        : t('lease.lostNow')}
    </Alert>
  );
}

const roundToSec = (ms: number) => Math.ceil(ms / 1_000) * 1_000;
