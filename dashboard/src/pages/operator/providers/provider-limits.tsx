import { Button, Group, JsonInput, NumberInput, Stack, TextInput } from '@mantine/core';
import { limits } from '@node3/shared/limits';
import { type Provider, type ProviderChange, updateProvider } from '@node3/shared/routes/providers';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SectionCard } from '../../../parts/section-card.tsx';
import { useOperate } from '../shared/use-operate.ts';

/** What is said of a provider, and what its agents may do at most. The marketplace checks it. */
export function ProviderLimits({ provider }: { provider: Provider }) {
  const { t } = useTranslation();
  const { operate, isBusy } = useOperate();
  const [description, setDescription] = useState(provider.description ?? '');
  const [workersMax, setWorkersMax] = useState<number | string>(provider.workersMax ?? '');
  const [priority, setPriority] = useState<number | string>(provider.priority);
  const [capabilities, setCapabilities] = useState(JSON.stringify(provider.capabilities, null, 2));
  const parsed = parse(capabilities);
  const save = () =>
    operate(async (client) => {
      const body: ProviderChange = {
        description: description.trim() === '' ? null : description.trim(),
        workersMax: workersMax === '' ? null : Number(workersMax),
        priority: Number(priority),
        capabilities: parsed ?? null,
      };
      await client.call(updateProvider, { params: { provider: provider.providerId }, body });
      return t('op.provider.changed', { name: provider.name });
    });
  return (
    <SectionCard title={t('op.provider.limits')} description={t('op.provider.limitsHint')}>
      <Stack gap="md">
        <TextInput
          label={t('op.provider.description')}
          value={description}
          maxLength={limits.providerTextChars}
          onChange={({ currentTarget }) => setDescription(currentTarget.value)}
        />
        <Group gap="sm">
          <NumberInput
            label={t('op.provider.workersMax')}
            value={workersMax}
            min={1}
            max={limits.providerWorkersMax}
            onChange={setWorkersMax}
          />
          <NumberInput
            label={t('op.provider.priority')}
            value={priority}
            min={0}
            max={100}
            onChange={setPriority}
          />
        </Group>
        <JsonInput
          label={t('op.provider.capabilities')}
          description={t('op.provider.capabilitiesHint')}
          value={capabilities}
          onChange={setCapabilities}
          autosize
          minRows={3}
          maxRows={16}
          error={parsed === undefined ? t('op.provider.noJson') : null}
          classNames={{ input: 'code-input' }}
        />
        <Group>
          <Button loading={isBusy} disabled={parsed === undefined} onClick={save}>
            {t('op.provider.save')}
          </Button>
        </Group>
      </Stack>
    </SectionCard>
  );
}

function parse(text: string): NonNullable<ProviderChange['capabilities']> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? value : undefined;
  } catch {
    return undefined;
  }
}
