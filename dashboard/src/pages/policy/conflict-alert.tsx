import { Alert, Button, Group, Text } from '@mantine/core';
import type { PolicyKey } from '@node3/shared/provider-policy';
import { IconGitMerge } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

interface ConflictAlertProps {
  /** Fields that were changed here and elsewhere. */
  keys: readonly PolicyKey[];
  onKeep: () => void;
  onTake: () => void;
}

/** Nothing is saved over a change that nobody here has seen. */
export function ConflictAlert({ keys, onKeep, onTake }: ConflictAlertProps) {
  const { t } = useTranslation();
  const names = keys.map((key) => t(`policy.${key}`)).join(', ');
  return (
    <Alert
      color="orange"
      variant="light"
      role="alert"
      icon={<IconGitMerge aria-hidden />}
      title={t('policy.conflict')}
    >
      <Text size="sm" mb="sm">
        {t('policy.conflict.text', { names })}
      </Text>
      <Group gap="sm">
        <Button size="xs" variant="default" onClick={onTake}>
          {t('policy.conflict.take')}
        </Button>
        <Button size="xs" variant="default" onClick={onKeep}>
          {t('policy.conflict.keep')}
        </Button>
      </Group>
    </Alert>
  );
}
