import { Modal, Stack, Text } from '@mantine/core';
import type { PublicJob } from '@node3/shared/routes/marketplace';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import { CopyText } from '../../parts/copy-text.tsx';
import { workloadName } from '../../parts/job-name.ts';
import { JobPrice } from '../../parts/job-price.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { JobStateBadge } from '../../parts/state-badge.tsx';
import { Share } from './offer-facts.tsx';

/** What anybody may know of a job: neither its name nor its code, nor whose it is. */
export function PublicJobDialog({ job, onClose }: { job: PublicJob | null; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={job !== null}
      onClose={onClose}
      title={t('market.job.title')}
      centered
      size="lg"
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {job !== null && <JobFacts job={job} />}
    </Modal>
  );
}

function JobFacts({ job }: { job: PublicJob }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { requester } = job;
  const labels = Object.entries(job.labels).map(([name, value]) => `${name}=${value}`);
  const facts: [string, ReactNode][] = [
    [t('market.field.state'), <JobStateBadge key="state" state={job.state} />],
    [t('market.field.workload'), workloadName(t, job.workload)],
    [t('market.job.reward'), <JobPrice key="r" most={job.reward} perGpuHour={job.bidPerGpuHour} />],
    [t('market.perGpuHour'), format.money(job.perGpuHour)],
    [
      t('market.job.gpus'),
      job.gpus === 0 ? t('job.cpuOnly') : t('job.gpuCount', { count: job.gpus }),
    ],
    [t('market.job.models'), job.gpuModels?.join(', ') ?? t('market.job.any')],
    [
      t('market.job.memory'),
      job.memoryBytesMin === null ? t('market.job.any') : format.bytes(job.memoryBytesMin),
    ],
    [t('market.field.framework'), job.framework ?? t('market.job.any')],
    [t('market.field.region'), job.regions?.join(', ') ?? t('market.job.any')],
    [t('market.job.isolation'), job.isolationMin],
    [t('market.field.label'), labels.length === 0 ? t('market.job.any') : labels.join(', ')],
    [t('market.job.limit'), format.duration(job.runSec * 1_000)],
    [t('market.job.conduct'), <Share key="conduct" value={requester.conduct.value} />],
    [t('jobs.column.created'), <RelativeTime key="created" at={job.createdAt} />],
  ];
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {t('market.job.text')}
      </Text>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="break">{value}</dd>
          </div>
        ))}
      </dl>
      <span className="mono break">
        {job.jobId}{' '}
        <CopyText value={job.jobId} label={t('action.copyNamed', { name: job.jobId })} />
      </span>
    </Stack>
  );
}
