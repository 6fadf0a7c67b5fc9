import { Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

interface SaveBarProps {
  changed: number;
  wrong: number;
  pending: boolean;
  onDiscard: () => void;
}

/** Stays in sight while there is something to save. */
export function SaveBar({ changed, wrong, pending, onDiscard }: SaveBarProps) {
  const { t } = useTranslation();
  if (changed === 0) return null;
  return (
    <div className="edge-bar">
      <Text size="sm" fw={600} role="status">
        {wrong === 0
          ? t('policy.save.changed', { count: changed })
          : t('policy.save.wrong', { count: wrong })}
      </Text>
      <Group gap="sm" wrap="nowrap">
        <Button variant="default" disabled={pending} onClick={onDiscard}>
          {t('policy.save.discard')}
        </Button>
        <Button type="submit" loading={pending}>
          {t('policy.save')}
        </Button>
      </Group>
    </div>
  );
}
