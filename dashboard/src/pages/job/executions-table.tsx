import { Table, Text } from '@mantine/core';
import { type Reason, reasons } from '@node3/shared/job-state';
import type { ExecutionView } from '@node3/shared/routes/jobs';
import { IconServer2 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { shorten, unknownMark } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { ServerText } from '../../parts/server-words.tsx';
import { ExecutionStateBadge } from '../../parts/state-badge.tsx';
import { changesSince } from './attempt-changes.ts';

interface ExecutionsTableProps {
  executions: ExecutionView[];
  /** Whether none will follow. */
  isOver: boolean;
}

export function ExecutionsTable({ executions, isOver }: ExecutionsTableProps) {
  const { t } = useTranslation();
  if (executions.length === 0) {
    return (
      <EmptyState icon={IconServer2} title={t(isOver ? 'executions.never' : 'executions.empty')} />
    );
  }
  const columns = ['attempt', 'agent', 'state', 'exit', 'run', 'memory'] as const;
  return (
    <Table className="responsive-table" verticalSpacing="sm" horizontalSpacing="md">
      <caption className="visually-hidden">{t('executions.title')}</caption>
      <Table.Thead>
        <Table.Tr>
          {columns.map((name) => (
            <Table.Th key={name}>{t(`executions.${name}`)}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {executions.map((execution, index) => (
          <ExecutionRow
            key={execution.executionId}
            execution={execution}
            before={executions[index - 1] ?? null}
          />
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Their details repeat the state and the exit code that stand beside them. */
const saidBeside: ReadonlySet<Reason> = new Set(['exited', 'nonzero_exit', 'run_timeout']);

/** Whether the detail says no more than what is written anyway. */
function isSaidAlready(reason: Reason, detail: string): boolean {
  return saidBeside.has(reason) || detail === reasons[reason].sentence;
}

interface ExecutionRowProps {
  execution: ExecutionView;
  /** The attempt before; null for the first. */
  before: ExecutionView | null;
}

function ExecutionRow({ execution, before }: ExecutionRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { reason, detail, imageDigest } = execution;
  const changes = before === null ? [] : changesSince(before, execution);
  return (
    <Table.Tr>
      <Table.Td data-label={t('executions.attempt')}>{execution.attempt}</Table.Td>
      <Table.Td data-label={t('executions.agent')}>
        <Text size="sm" component="span">
          {execution.agentName}
        </Text>
        <Text size="xs" c="dimmed" className="mono">
          {execution.deviceIds.length === 0
            ? t('job.cpuOnly')
            : execution.deviceIds.map((id) => shorten(id, 8, 4)).join(', ')}
        </Text>
      </Table.Td>
      <Table.Td data-label={t('executions.state')}>
        <ExecutionStateBadge state={execution.state} />
        {execution.isolation !== null && (
          <Text size="xs" c="dimmed" mt={4} className="break">
            {execution.isolation}
          </Text>
        )}
        {imageDigest !== null && (
          <Text size="xs" c="dimmed" className="mono" title={imageDigest}>
            {shorten(imageDigest, 15, 6)}
          </Text>
        )}
        {changes.length > 0 && (
          <Text size="xs" c="dimmed" mt={4}>
            {t('executions.changed', {
              changes: changes.map((change) => t(`executions.change.${change}`)).join(', '),
            })}
          </Text>
        )}
        {reason !== null && reason !== 'exited' && (
          <Text size="xs" mt={4}>
            {t(`reason.${reason}.sentence`)}
          </Text>
        )}
        {detail !== null && reason !== null && !isSaidAlready(reason, detail) && (
          <Text size="xs" c="dimmed">
            <ServerText text={detail} />
          </Text>
        )}
      </Table.Td>
      <Table.Td data-label={t('executions.exit')}>{execution.exitCode ?? unknownMark}</Table.Td>
      <Table.Td data-label={t('executions.run')}>{format.runTime(execution)}</Table.Td>
      <Table.Td data-label={t('executions.memory')}>
        {format.bytes(execution.peakMemoryBytes)}
      </Table.Td>
    </Table.Tr>
  );
}
