import { ActionIcon, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { Hint } from '../parts/hint.tsx';
import { useNotice } from '../parts/use-notice.tsx';
import type { FindState } from './find-bar.tsx';
import { type FileFormat, fetchLogFile, saveFile, viewAsFile } from './log-files.ts';
import { isPlain, type LogFilter } from './log-view.ts';
import type { JobLogParts } from './use-job-log.ts';

interface LogDownloadProps {
  parts: JobLogParts;
  jobId: string | null;
  filter: LogFilter;
  find: FindState;
}

const formats: readonly FileFormat[] = ['text', 'ansi', 'ndjson'];

/** Files of the whole log, also of what this page does not hold, or of what is shown of it. */
export function LogDownload({ parts, jobId, filter, find }: LogDownloadProps) {
  const { t } = useTranslation();
  const notify = useNotice();
  const { client } = useApp();
  const isFiltered = !isPlain(filter) || filter.clearedThrough > 0;
  const download = useMutation({
    async mutationFn({ format, what }: { format: FileFormat; what: 'all' | 'shown' }) {
      // Expressions, case and context are the page's own; the server knows words.
      const isWord = find.kind === 'plain' && !find.isCaseSensitive && (filter.around ?? 0) === 0;
      const isPages = what === 'shown' && filter.around !== null && !isWord;
      if (jobId !== null && !isPages) {
        const isHits = what === 'shown' && filter.around !== null;
        const wish = { jobId, format, filter: what === 'all' ? null : filter };
        return fetchLogFile(client, { ...wish, q: isHits ? find.text : null });
      }
      await parts.loader.readAll();
      parts.view.update(parts.search.state().version);
      return viewAsFile(parts.view, format);
    },
    onSuccess: (blob, { format }) =>
      saveFile(blob, `${jobId ?? 'job'}.${format === 'ndjson' ? 'ndjson' : 'log'}`),
    onError: (error) => notify({ kind: 'failed', error }),
  });
  const item = (what: 'all' | 'shown') =>
    formats.map((format) => (
      <Menu.Item key={format} onClick={() => download.mutate({ format, what })}>
        {t(`log.format.${format}`)}
      </Menu.Item>
    ));
  return (
    <Menu position="bottom-end">
      <Hint label={t('log.download')}>
        <Menu.Target>
          <ActionIcon
            variant="default"
            size={30}
            aria-label={t('log.download')}
            loading={download.isPending}
          >
            <IconDownload size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
      </Hint>
      <Menu.Dropdown>
        <Menu.Label>{jobId === null ? t('log.shownLines') : t('log.wholeLog')}</Menu.Label>
        {item(jobId === null ? 'shown' : 'all')}
        {isFiltered && jobId !== null && (
          <>
            <Menu.Divider />
            <Menu.Label>{t('log.shownLines')}</Menu.Label>
            {item('shown')}
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
