import { ActionIcon } from '@mantine/core';
import { useClipboard, useDisclosure } from '@mantine/hooks';
import { createArtifactLink, deleteArtifact } from '@node3/shared/routes/artifacts';
import { IconLink, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { Hint } from '../../parts/hint.tsx';
import { useNotice } from '../../parts/use-notice.tsx';
import { jobKey } from '../../queries/jobs.ts';

interface FileActionsProps {
  artifactId: string;
  name: string;
  jobId: string;
}

/** A link to a file for somebody without an account, and the end of a file that nobody needs. */
export function FileActions({ artifactId, name, jobId }: FileActionsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { client } = useApp();
  const queryClient = useQueryClient();
  const notify = useNotice();
  const clipboard = useClipboard();
  const [opened, { open, close }] = useDisclosure(false);
  const params = { artifactId };
  const failed = (error: Error) => notify({ kind: 'failed', title: name, error });
  const link = useMutation({
    mutationFn: () => client.call(createArtifactLink, { params, body: {} }),
    onSuccess({ url, expiresAt }) {
      clipboard.copy(new URL(url, location.origin).href);
      const time = format.time(Date.parse(expiresAt));
      notify({ kind: 'done', message: t('files.linkCopied', { time }) });
    },
    onError: failed,
  });
  const remove = useMutation({
    mutationFn: () => client.call(deleteArtifact, { params }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [...jobKey(jobId), 'artifacts'] }),
    onError: failed,
  });
  return (
    <>
      <Hint label={t('files.link')}>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('files.linkOf', { name })}
          loading={link.isPending}
          onClick={() => link.mutate()}
        >
          <IconLink size={16} aria-hidden />
        </ActionIcon>
      </Hint>
      <Hint label={t('files.remove')}>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('files.removeOne', { name })}
          loading={remove.isPending}
          onClick={open}
        >
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      </Hint>
      <ConfirmDialog
        opened={opened}
        onClose={close}
        onConfirm={() => remove.mutate()}
        title={t('files.removeTitle')}
        text={t('files.removeText', { name })}
        confirm={t('files.removeConfirm')}
        color="red"
      />
    </>
  );
}
