import { ActionIcon, Tooltip } from '@mantine/core';
import type { Client } from '@node3/shared/client';
import { limits } from '@node3/shared/limits';
import { getJobLogs, type LogLine } from '@node3/shared/routes/jobs';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { saveFile } from '../parts/save-file.ts';
import { useNotice } from '../parts/use-notice.ts';
import { linesToText } from './log-filter.ts';

/** Downloads the whole log as text, also the part that this page no longer holds. */
export function LogDownload({ jobId }: { jobId: string }) {
  const { t } = useTranslation();
  const notify = useNotice();
  const { client } = useApp();
  const download = useMutation({
    mutationFn: () => readWholeLog(client, jobId),
    onSuccess: (blob) => saveFile(blob, `${jobId}.log`),
    onError: (error) => notify({ kind: 'failed', message: error.message }),
  });
  return (
    <Tooltip label={t('log.download')}>
      <ActionIcon
        variant="default"
        size={30}
        aria-label={t('log.download')}
        loading={download.isPending}
        onClick={() => download.mutate()}
      >
        <IconDownload size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

/** Reads page by page into a Blob, which the browser keeps outside of the page's heap. */
async function readWholeLog(client: Client, jobId: string): Promise<Blob> {
  const parts: string[] = [];
  let after: number | undefined;
  let open: LogLine | null = null;
  let more = true;
  while (more) {
    const query = { limit: limits.logLinesPerPage, ...(after === undefined ? {} : { after }) };
    const page = await client.call(getJobLogs, { params: { jobId }, query });
    parts.push(linesToText(page.data, open));
    open = page.data.at(-1) ?? open;
    after = page.nextAfter;
    more = page.data.length > 0 && !page.ended;
  }
  return new Blob(parts, { type: 'text/plain;charset=utf-8' });
}
