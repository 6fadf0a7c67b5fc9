import { Anchor, Group, Stack, Table, Text } from '@mantine/core';
import type { ReplyOf } from '@node3/shared/contract';
import { isTerminalJob } from '@node3/shared/job-state';
import type { listJobArtifacts, RemovedArtifactView } from '@node3/shared/routes/artifacts';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { IconFiles } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { shorten } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { CommandLines } from '../../parts/command-lines.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { artifactsQuery } from '../../queries/jobs.ts';
import { curlLine } from '../../shell-command.ts';
import { FileActions } from './file-actions.tsx';

type JobArtifacts = ReplyOf<typeof listJobArtifacts>;

/** What the job has made, and what of it was removed. */
export function JobFiles({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const { jobId } = job;
  const query = useQuery(artifactsQuery(useApp(), jobId));
  const url = `${location.origin}/api/v1/jobs/${jobId}/artifacts`;
  return (
    <Stack gap="md">
      <SectionCard title={t('files.title')} description={t('files.description')} padding="flush">
        <QueryView query={query}>
          {(files) =>
            files.data.length + files.removed.length === 0 ? (
              <EmptyState
                icon={IconFiles}
                title={isTerminalJob(job.state) ? t('files.none') : t('files.notYet')}
              >
                {t('files.how')}
              </EmptyState>
            ) : (
              <FileTable files={files} jobId={jobId} />
            )
          }
        </QueryView>
      </SectionCard>
      <CommandLines
        lines={[
          { label: 'CLI', text: `node3 job download ${jobId} -o results` },
          { label: 'curl', text: curlLine({ url }) },
        ]}
      />
    </Stack>
  );
}

function FileTable({ files, jobId }: { files: JobArtifacts; jobId: string }) {
  const { t } = useTranslation();
  const columns = ['name', 'size', 'sha256', 'keptUntil', 'actions'] as const;
  return (
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
        {files.data.map((file) => (
          <FileRow key={file.artifactId} file={file} jobId={jobId} />
        ))}
        {files.removed.map((file) => (
          <RemovedRow key={file.artifactId} file={file} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

interface FileRowProps {
  file: JobArtifacts['data'][number];
  jobId: string;
}

function FileRow({ file, jobId }: FileRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { name, bytes, sha256, expiresAt, link } = file;
  return (
    <Table.Tr>
      <Table.Td data-label={t('files.name')}>
        <Anchor href={link} download size="sm" className="break">
          {name}
        </Anchor>
      </Table.Td>
      <Table.Td data-label={t('files.size')}>{format.bytes(bytes)}</Table.Td>
      <Table.Td data-label={t('files.sha256')}>
        <Text size="xs" className="mono" title={sha256}>
          {shorten(sha256, 8, 8)}
        </Text>
      </Table.Td>
      <Table.Td data-label={t('files.keptUntil')}>{format.time(Date.parse(expiresAt))}</Table.Td>
      <Table.Td data-label={t('files.actions')}>
        <Group gap={4}>
          <FileActions artifactId={file.artifactId} name={name} jobId={jobId} />
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

function RemovedRow({ file }: { file: RemovedArtifactView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { name, bytes, sha256, removedAt, reason } = file;
  return (
    <Table.Tr c="dimmed">
      <Table.Td data-label={t('files.name')} className="break">
        {name}
      </Table.Td>
      <Table.Td data-label={t('files.size')}>{format.bytes(bytes)}</Table.Td>
      <Table.Td data-label={t('files.sha256')}>
        <Text size="xs" className="mono" title={sha256}>
          {shorten(sha256, 8, 8)}
        </Text>
      </Table.Td>
      <Table.Td data-label={t('files.keptUntil')} colSpan={2}>
        {t(`files.removed.${reason}`, { time: format.time(Date.parse(removedAt)) })}
      </Table.Td>
    </Table.Tr>
  );
}
