import { Alert, Button, Group, Modal, Stack } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { CopyText } from '../../parts/copy-text.tsx';

/** A secret for signatures, the only time that it can be seen. */
export function ShownSecret({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('webhooks.secret')}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack gap="md">
        <Alert variant="light" color="orange" icon={<IconAlertTriangle aria-hidden />}>
          {t('webhooks.secretOnce')}
        </Alert>
        <Group wrap="nowrap" gap="xs">
          <code className="break" data-testid="webhook-secret">
            {secret}
          </code>
          <CopyText value={secret} label={t('action.copyNamed', { name: t('webhooks.secret') })} />
        </Group>
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('webhooks.secretStored')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
