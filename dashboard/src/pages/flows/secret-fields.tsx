import { ActionIcon, Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

interface SecretFieldsProps {
  kept: readonly string[];
  secrets: Readonly<Record<string, string>>;
  onChange: (secrets: Record<string, string>) => void;
}

/** Values that headers and secrets of jobs may hold. They are sealed, and never shown again. */
export function SecretFields({ kept, secrets, onChange }: SecretFieldsProps) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const names = Object.keys(secrets);
  const isName = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name);
  function add() {
    onChange({ ...secrets, [name]: value });
    setName('');
    setValue('');
  }
  function remove(gone: string) {
    onChange(Object.fromEntries(Object.entries(secrets).filter(([key]) => key !== gone)));
  }
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        {t('flow.secrets')}
      </Text>
      <Text size="sm" c="dimmed">
        {kept.length > 0 && names.length === 0
          ? t('flow.secretsKept', { names: kept.join(', ') })
          : t('flow.secretsText')}
      </Text>
      {names.map((known) => (
        <Group key={known} justify="space-between" wrap="nowrap">
          <Text size="sm" className="mono break">
            {known}
          </Text>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('flow.secretRemove', { name: known })}
            onClick={() => remove(known)}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      <Group align="flex-end" gap="xs" className="field-row">
        <TextInput
          label={t('flow.secretName')}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value.trim())}
          maxLength={64}
          autoComplete="off"
          spellCheck={false}
        />
        <PasswordInput
          label={t('flow.secretValue')}
          value={value}
          onChange={({ currentTarget }) => setValue(currentTarget.value)}
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': t('flow.secretShow') }}
        />
        <Button
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          disabled={!isName || value === ''}
          onClick={add}
        >
          {t('flow.secretAdd')}
        </Button>
      </Group>
    </Stack>
  );
}
