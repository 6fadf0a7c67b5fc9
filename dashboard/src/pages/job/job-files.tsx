import { Anchor, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { shorten } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { SectionCard } from '../../parts/section-card.tsx';
import { artifactsQuery } from '../../queries/jobs.ts';

/** What the job has made, and what of it was removed; nothing where there is nothing. */
export function JobFiles({ jobId }: { jobId: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data: files } = useQuery(artifactsQuery(useApp(), jobId));
  if (files === undefined || files.data.length + files.removed.length === 0) return null;
  const columns = ['name', 'size', 'sha256', 'keptUntil'] as const;
  return (
    <SectionCard title={t('files.title')} description={t('files.description')} padding="flush">
      <Table className="responsive-table" verticalSpacing="sm" horizontalSpacing="md">
        <caption className="visually-hidden">{t('files.title')}</caption>
        <Table.Thead>
          <Table.Tr>
            {columns.map((name) => (
              <Table.Th key={name}>{t(`files.${name}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {files.data.map(({ artifactId, name, bytes, sha256, expiresAt, link }) => (
            <Table.Tr key={artifactId}>
              <Table.Td data-label={t('files.name')}>
                <Anchor href={link} download size="sm" style={{ overflowWrap: 'anywhere' }}>
                  {name}
                </Anchor>
              </Table.Td>
              <Table.Td data-label={t('files.size')}>{format.bytes(bytes)}</Table.Td>
              <Table.Td data-label={t('files.sha256')}>
                <Text size="xs" className="mono" title={sha256}>
                  {shorten(sha256, 8, 8)}
                </Text>
              </Table.Td>
              <Table.Td data-label={t('files.keptUntil')}>
                {format.time(Date.parse(expiresAt))}
              </Table.Td>
            </Table.Tr>
          ))}
          {files.removed.map(({ artifactId, name, bytes, sha256, removedAt, reason }) => (
            <Table.Tr key={artifactId} c="dimmed">
              <Table.Td data-label={t('files.name')} style={{ overflowWrap: 'anywhere' }}>
                {name}
              </Table.Td>
              <Table.Td data-label={t('files.size')}>{format.bytes(bytes)}</Table.Td>
              <Table.Td data-label={t('files.sha256')}>
                <Text size="xs" className="mono" title={sha256}>
                  {shorten(sha256, 8, 8)}
                </Text>
              </Table.Td>
              <Table.Td data-label={t('files.keptUntil')}>
                {t(`files.removed.${reason}`, { time: format.time(Date.parse(removedAt)) })}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </SectionCard>
  );
}
