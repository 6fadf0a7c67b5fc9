import { Button, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { IconShare2 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { CommandLines } from '../../../parts/command-lines.tsx';
import { LinkList } from './link-list.tsx';
import { NewLink } from './new-link.tsx';

/** Links that show the job to whoever has them: made, listed and revoked here. */
export function ShareButton({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure(false);
  const { jobId } = job;
  return (
    <>
      <Button variant="default" onClick={open} leftSection={<IconShare2 size={16} aria-hidden />}>
        {t('share.button')}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={t('share.title')}
        size="lg"
        centered
        closeButtonProps={{ 'aria-label': t('action.close') }}
      >
        <NewLink jobId={jobId} />
        <LinkList jobId={jobId} />
        <CommandLines
          lines={[
            { label: 'CLI', text: `node3 share ${jobId} --expires 7d` },
            { label: 'CLI', text: `node3 share ${jobId} --list` },
          ]}
        />
      </Modal>
    </>
  );
}
