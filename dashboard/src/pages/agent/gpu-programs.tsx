import { Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { gpuProcessesQuery } from '../../queries/provider.ts';

/** The programs that use a GPU now; they are asked for only while this stands on the page. */
export function GpuPrograms({ deviceId, model }: { deviceId: string; model: string }) {
  const { t } = useTranslation();
  const { data } = useQuery(gpuProcessesQuery(useApp()));
  const told = data?.data.find((one) => one.deviceId === deviceId);
  if (told === undefined) return null;
  const { processes, total } = told;
  return (
    <section aria-label={t('gpus.programs')}>
      <Text size="sm" fw={600} mb={4}>
        {t('gpus.programs')}
      </Text>
      {processes === null ? (
        <Text size="sm" c="dimmed">
          {t('gpus.programsUnknown')}
        </Text>
      ) : processes.length === 0 ? (
        <Text size="sm">{t('gpus.programsNone')}</Text>
      ) : (
        <ProgramTable programs={processes} model={model} />
      )}
      {processes !== null && total !== null && total > processes.length && (
        <Text size="xs" c="dimmed" mt={4}>
          {t('gpus.programsMore', { shown: processes.length, total })}
        </Text>
      )}
    </section>
  );
}

interface ProgramTableProps {
  programs: readonly { pid: number; name: string | null; memoryBytes: number | null }[];
  model: string;
}

function ProgramTable({ programs, model }: ProgramTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const unknown = <span className="unknown">{t('state.unknown')}</span>;
  return (
    <>
      <Table className="responsive-table" verticalSpacing={4} horizontalSpacing="sm">
        <caption className="visually-hidden">{t('gpus.programsOf', { model })}</caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('gpus.program')}</Table.Th>
            <Table.Th className="numeric">PID</Table.Th>
            <Table.Th className="numeric">{t('metric.memory')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {programs.map(({ memoryBytes, name, pid }) => (
            <Table.Tr key={pid}>
              <Table.Td data-label={t('gpus.program')} className="break">
                {name ?? unknown}
              </Table.Td>
              <Table.Td data-label="PID" className="numeric mono">
                {pid}
              </Table.Td>
              <Table.Td data-label={t('metric.memory')} className="numeric">
                {memoryBytes === null ? unknown : format.bytes(memoryBytes)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="xs" c="dimmed" mt={4}>
        {t('gpus.programsText')}
      </Text>
    </>
  );
}
