import { Table, Text } from '@mantine/core';
import type { ReplyOf } from '@node3/shared/contract';
import { reasonNames } from '@node3/shared/job-state';
import type { listLocalExecutions } from '@node3/shared/routes/agent-local';
import { IconHistory } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { shorten, unknownMark } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { ExecutionStateBadge } from '../../parts/state-badge.tsx';

type LocalExecution = ReplyOf<typeof listLocalExecutions>['data'][number];

export function RecentExecutions({ executions }: { executions: LocalExecution[] }) {
  const { t } = useTranslation();
  if (executions.length === 0) {
    return (
      <EmptyState icon={IconHistory} title={t('recent.empty')}>
        {t('recent.emptyText')}
      </EmptyState>
    );
  }
  return (
    <Table className="responsive-table" verticalSpacing="sm" horizontalSpacing="md">
      <caption className="visually-hidden">{t('recent.title')}</caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('jobs.column.job')}</Table.Th>
          <Table.Th>{t('jobs.column.state')}</Table.Th>
          <Table.Th className="numeric">{t('executions.run')}</Table.Th>
          <Table.Th className="numeric">{t('jobs.column.reward')}</Table.Th>
          <Table.Th className="numeric">{t('recent.accepted')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {executions.map((execution) => (
          <RecentRow key={execution.executionId} execution={execution} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function RecentRow({ execution }: { execution: LocalExecution }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reason = reasonNames.find((name) => name === execution.reason);
  return (
    <Table.Tr>
      <Table.Td data-label={t('jobs.column.job')}>
        <Text size="sm" fw={500} component="span">
          {execution.name ?? unknownMark}
        </Text>
        <Text size="xs" c="dimmed" className="mono">
          {shorten(execution.jobId, 8, 5)}
        </Text>
      </Table.Td>
      <Table.Td data-label={t('jobs.column.state')}>
        <ExecutionStateBadge state={execution.state} />
        {reason !== undefined && reason !== 'exited' && (
          <Text size="xs" c="dimmed" mt={2}>
            {t(`reason.${reason}.sentence`)}
          </Text>
        )}
      </Table.Td>
      <Table.Td data-label={t('executions.run')} className="numeric">
        {format.duration(execution.runMs)}
      </Table.Td>
      <Table.Td data-label={t('jobs.column.reward')} className="numeric">
        {format.money(execution.reward)}
      </Table.Td>
      <Table.Td data-label={t('recent.accepted')} className="numeric">
        <RelativeTime at={execution.acceptedAt} />
      </Table.Td>
    </Table.Tr>
  );
}
