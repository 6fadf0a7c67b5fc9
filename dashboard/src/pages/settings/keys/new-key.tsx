import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { CopyText } from '../../../parts/copy-text.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';

/** A key as it is told once. */
export interface ShownKey {
  apiKey: string;
  /** Of the key that this one replaces; null for one that replaces none. */
  oldKeyExpiresAt: string | null;
}

/** Shows a new key, the only time that it can be seen. */
export function NewKey({ shown, onClose }: { shown: ShownKey; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('keys.newTitle')}
      size="lg"
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack gap="md">
        <Alert
          variant="light"
          color="orange"
          icon={<IconAlertTriangle aria-hidden />}
          title={t('keys.newOnce')}
        >
          {t('keys.newOnceText')}
        </Alert>
        <div className="new-key">
          <code>{shown.apiKey}</code>
          <CopyText value={shown.apiKey} label={t('action.copyNamed', { name: t('signIn.key') })} />
        </div>
        {shown.oldKeyExpiresAt !== null && (
          <Text size="sm" component="div">
            {t('keys.oldEnds')} <RelativeTime at={shown.oldKeyExpiresAt} />
          </Text>
        )}
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('keys.stored')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
