import { Button, Group, Text } from '@mantine/core';
import type { PolicyKey } from '@node3/shared/provider-policy';
import type { LocalPolicy } from '@node3/shared/routes/agent-local';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { SectionCard } from '../../parts/section-card.tsx';

interface DecidedFieldsProps {
  policy: LocalPolicy;
  /** While there is something to save. */
  disabled: boolean;
  onUnset: (key: PolicyKey) => void;
}

/** What stands in the file, and the way back to what the agent's settings say. */
export function DecidedFields({ policy, disabled, onUnset }: DecidedFieldsProps) {
  const { t } = useTranslation();
  const { decided, path } = policy;
  return (
    <SectionCard title={t('policy.decided')} description={t('policy.decided.text')}>
      {decided.length === 0 ? (
        <Text size="sm">{t('policy.decided.none')}</Text>
      ) : (
        <Group gap="xs">
          {decided.map((key) => (
            <Button
              key={key}
              variant="default"
              size="xs"
              disabled={disabled}
              leftSection={<IconArrowBackUp size={14} aria-hidden />}
              aria-label={t('policy.decided.reset', { name: t(`policy.${key}`) })}
              onClick={() => onUnset(key)}
            >
              {t(`policy.${key}`)}
            </Button>
          ))}
        </Group>
      )}
      <Text size="xs" c="dimmed" mt="sm" className="mono break">
        {path}
      </Text>
    </SectionCard>
  );
}
