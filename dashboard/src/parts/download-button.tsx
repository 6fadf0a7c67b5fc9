import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type App, useApp } from '../app-context.tsx';
import { saveFile } from './save-file.ts';
import { useNotice } from './use-notice.tsx';

interface DownloadButtonProps {
  /** Of the API, with its query. */
  path: string;
  /** What the file is called. */
  name: string;
  label: string;
}

/** Saves what an endpoint answers as a file. A link would not carry the key of this tab. */
export function DownloadButton({ path, name, label }: DownloadButtonProps) {
  const { t } = useTranslation();
  const app = useApp();
  const notify = useNotice();
  const download = useMutation({
    mutationFn: () => readFile(app, path),
    onSuccess: (blob) => saveFile(blob, name),
    onError: () => notify({ kind: 'failed', message: t('download.failed', { name }) }),
  });
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconDownload size={15} aria-hidden />}
      loading={download.isPending}
      onClick={() => download.mutate()}
    >
      {label}
    </Button>
  );
}

async function readFile({ fetch: send, apiKey }: App, path: string): Promise<Blob> {
  const headers = apiKey === null ? {} : { authorization: `Bearer ${apiKey}` };
  const response = await send(path, { headers });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.blob();
}
