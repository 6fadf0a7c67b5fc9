import { Anchor, Table } from '@mantine/core';
import type { ReplyOf } from '@node3/shared/contract';
import type { listSharedArtifacts } from '@node3/shared/routes/job-links';
import { useTranslation } from 'react-i18next';
import { shorten } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { SectionCard } from '../../parts/section-card.tsx';

interface SharedFilesProps {
  files: ReplyOf<typeof listSharedArtifacts>['data'];
}

export function SharedFiles({ files }: SharedFilesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns = ['name', 'size', 'sha256'] as const;
  return (
    <SectionCard title={t('files.title')} padding="flush">
      <Table className="responsive-table" verticalSpacing="xs" horizontalSpacing="md">
        <caption className="visually-hidden">{t('files.title')}</caption>
        <Table.Thead>
          <Table.Tr>
            {columns.map((name) => (
              <Table.Th key={name}>{t(`files.${name}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {files.map(({ artifactId, name, bytes, sha256, url }) => (
            <Table.Tr key={artifactId}>
              <Table.Td data-label={t('files.name')}>
                <Anchor href={url} download size="sm" className="break">
                  {name}
                </Anchor>
              </Table.Td>
              <Table.Td data-label={t('files.size')}>{format.bytes(bytes)}</Table.Td>
              <Table.Td data-label={t('files.sha256')}>
                <span className="mono" title={sha256}>
                  {shorten(sha256, 8, 8)}
                </span>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </SectionCard>
  );
}
