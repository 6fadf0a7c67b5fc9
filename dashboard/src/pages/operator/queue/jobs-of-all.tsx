import { Button, Group, Text } from '@mantine/core';
import { type Priority, priorities } from '@node3/shared/job-spec';
import { failJob } from '@node3/shared/routes/admin';
import type { QueuedJob } from '@node3/shared/routes/admin-jobs';
import { IconHourglass } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { shorten, unknownMark } from '../../../format.ts';
import { useFormat } from '../../../i18n/use-format.ts';
import { CopyText } from '../../../parts/copy-text.tsx';
import type { DataColumn } from '../../../parts/data-table/data-column.ts';
import type { TableCsv } from '../../../parts/data-table/save-csv.tsx';
import { DataTable } from '../../../parts/data-table.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { JobPrice } from '../../../parts/job-price.tsx';
import { PageLink } from '../../../parts/page-link.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { JobStateBadge } from '../../../parts/state-badge.tsx';
import { ActDialog } from '../shared/act-dialog.tsx';
import { useOperate } from '../shared/use-operate.ts';
import { ExplainDialog } from './explain-dialog.tsx';

interface JobsOfAllProps {
  jobs: QueuedJob[];
  /** The queue has places in it; a list of one state has none. */
  list: 'queue' | 'state';
}

export function JobsOfAll({ jobs, list }: JobsOfAllProps) {
  const { t } = useTranslation();
  const columns = useJobColumns(list);
  return (
    <DataTable
      label={t('op.queue.title')}
      columns={columns}
      rows={jobs}
      rowId={({ jobId }) => jobId}
      csv={jobsCsv}
      empty={<EmptyState icon={IconHourglass} title={t('op.queue.none')} />}
    />
  );
}

function useJobColumns(list: JobsOfAllProps['list']): DataColumn<QueuedJob>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(
    (): DataColumn<QueuedJob>[] => [
      {
        id: 'job',
        title: t('op.queue.job'),
        value: ({ name, jobId }) => name ?? jobId,
        cell: ({ name, jobId, state, reason }) => (
          <div>
            <Group gap={6}>
              <Text span fw={600}>
                {name ?? t('op.queue.unnamed')}
              </Text>
              {list === 'state' && <JobStateBadge state={state} />}
            </Group>
            <Group gap={4} wrap="nowrap">
              <Text size="xs" c="dimmed" className="mono">
                {shorten(jobId, 8, 5)}
              </Text>
              <CopyText value={jobId} label={t('op.queue.copyId')} />
            </Group>
            {reason !== null && <Text size="xs">{t(`reason.${reason}.sentence`)}</Text>}
          </div>
        ),
      },
      {
        id: 'account',
        title: t('op.queue.account'),
        value: ({ accountName, accountId }) => accountName ?? accountId,
        cell: ({ accountId, accountName }) => (
          <PageLink to="/admin/accounts/$accountId" params={{ accountId }}>
            {accountName ?? shorten(accountId, 8, 5)}
          </PageLink>
        ),
      },
      {
        id: 'needs',
        title: t('op.queue.needs'),
        cell: (job) => <Needs job={job} />,
      },
      {
        id: 'price',
        title: t('op.queue.price'),
        align: 'right',
        cell: ({ price, bidPerGpuHour }) => <JobPrice most={price} perGpuHour={bidPerGpuHour} />,
      },
      ...(list === 'queue'
        ? [
            {
              id: 'ahead',
              title: t('op.queue.ahead'),
              align: 'right' as const,
              value: ({ ahead }: QueuedJob) => ahead,
              cell: ({ ahead, priority }: QueuedJob) => (
                <>
                  {ahead === null ? unknownMark : format.number(ahead)}
                  <Text size="xs" c="dimmed">
                    {isPriority(priority) ? t(`priority.${priority}`) : priority}
                  </Text>
                </>
              ),
            },
          ]
        : [
            {
              id: 'agent',
              title: t('op.queue.agent'),
              value: ({ agentName, agentId }: QueuedJob) => agentName ?? agentId,
              cell: (job: QueuedJob) => <AgentOf job={job} />,
            },
            {
              id: 'charged',
              title: t('op.queue.charged'),
              align: 'right' as const,
              cell: (job: QueuedJob) => <Charged job={job} />,
            },
          ]),
      {
        id: 'since',
        title: t(list === 'queue' ? 'op.queue.since' : 'op.queue.changed'),
        align: 'right',
        value: lastAt,
        cell: (job) => <RelativeTime at={lastAt(job)} />,
      },
      { id: 'actions', title: t('op.actions'), cell: (job) => <JobActions job={job} /> },
    ],
    [t, format, list],
  );
}

function isPriority(word: string): word is Priority {
  return priorities.some((one) => one === word);
}

/** The last of its times that is known; when an agent was given it is none of them. */
function lastAt({ finishedAt, startedAt, queuedAt, createdAt }: QueuedJob): string {
  return finishedAt ?? startedAt ?? queuedAt ?? createdAt;
}

function AgentOf({ job: { agentId, agentName } }: { job: QueuedJob }) {
  if (agentId === null) return unknownMark;
  return (
    <PageLink to="/admin/fleet/$agentId" params={{ agentId }}>
      {agentName ?? shorten(agentId, 8, 5)}
    </PageLink>
  );
}

/** What it cost in the end, with the way to what its provider got. */
function Charged({ job: { charged, payoutId } }: { job: QueuedJob }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      {format.money(charged)}
      {payoutId !== null && (
        <div>
          <PageLink to="/admin/payments/$payoutId" params={{ payoutId }}>
            {t('op.queue.payout')}
          </PageLink>
        </div>
      )}
    </>
  );
}

function Needs({ job }: { job: QueuedJob }) {
  const { t } = useTranslation();
  const format = useFormat();
  const gpus =
    job.gpus === 0
      ? t('job.cpuOnly')
      : [t('job.gpuCount', { count: job.gpus }), ...(job.gpuModels ?? [])].join(' ');
  return (
    <div>
      {gpus}
      <Text size="xs" c="dimmed">
        {t('op.queue.needsMore', {
          cpus: format.number(job.cpus),
          memory: format.bytes(job.memoryBytes),
        })}
      </Text>
    </div>
  );
}

/** What an agent holds can be failed; what waits can be explained. */
function JobActions({ job }: { job: QueuedJob }) {
  const { t } = useTranslation();
  const { operate, isBusy } = useOperate();
  const [asked, setAsked] = useState<'explain' | 'fail' | null>(null);
  const { jobId } = job;
  const name = job.name ?? shorten(jobId, 8, 5);
  const isHeld = job.state === 'assigned' || job.state === 'running';
  return (
    <Group gap={6}>
      {job.state === 'queued' && (
        <Button size="compact-xs" variant="default" onClick={() => setAsked('explain')}>
          {t('op.queue.explain')}
        </Button>
      )}
      {isHeld && (
        <Button
          size="compact-xs"
          variant="default"
          disabled={isBusy}
          onClick={() => setAsked('fail')}
        >
          {t('op.queue.fail')}
        </Button>
      )}
      <ExplainDialog
        job={asked === 'explain' ? { jobId, name } : null}
        onClose={() => setAsked(null)}
      />
      <ActDialog
        act={
          asked === 'fail'
            ? {
                title: t('op.queue.fail.title', { name }),
                text: t('op.queue.fail.text'),
                confirm: t('op.queue.fail'),
                color: 'red',
                reason: 'required',
                typed: name,
              }
            : null
        }
        onClose={() => setAsked(null)}
        onConfirm={(reason) =>
          operate(async (client) => {
            const body = { reason: 'marketplace_error' as const, detail: reason ?? '' };
            await client.call(failJob, { params: { jobId }, body });
            return t('op.queue.fail.done', { name });
          })
        }
      />
    </Group>
  );
}

const jobsCsv: TableCsv<QueuedJob> = {
  name: 'jobs',
  columns: [
    { title: 'jobId', value: ({ jobId }) => jobId },
    { title: 'name', value: ({ name }) => name },
    { title: 'accountId', value: ({ accountId }) => accountId },
    { title: 'state', value: ({ state }) => state },
    { title: 'priority', value: ({ priority }) => priority },
    { title: 'ahead', value: ({ ahead }) => ahead },
    { title: 'gpus', value: ({ gpus }) => gpus },
    { title: 'price', value: ({ price }) => price.amount },
    { title: 'asset', value: ({ price }) => price.asset },
    { title: 'agentId', value: ({ agentId }) => agentId },
    { title: 'reason', value: ({ reason }) => reason },
    { title: 'exitCode', value: ({ exitCode }) => exitCode },
    { title: 'charged', value: ({ charged }) => charged?.amount ?? null },
    { title: 'payoutId', value: ({ payoutId }) => payoutId },
    { title: 'createdAt', value: ({ createdAt }) => createdAt },
    { title: 'queuedAt', value: ({ queuedAt }) => queuedAt },
  ],
};
