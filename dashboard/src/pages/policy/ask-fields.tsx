import {
  ActionIcon,
  Button,
  Group,
  Input,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import type { DeviceEconomics } from '@node3/shared/routes/agent-local';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import { SectionCard } from '../../parts/section-card.tsx';
import { NumberField } from './number-field.tsx';
import { type AskRow, isSum, restOfDevices, toAmount, withAmounts } from './policy-draft.ts';
import type { PolicyFieldsProps } from './policy-fields.ts';

interface AskFieldsProps extends PolicyFieldsProps {
  devices: readonly DeviceEconomics[];
}

export function AskFields({ devices, ...props }: AskFieldsProps) {
  const { t } = useTranslation();
  const errorId = useId();
  const { draft, errors, onChange } = props;
  const { asks } = draft;
  const error = errors.get('asks');
  const set = (rows: readonly AskRow[]) => onChange({ asks: rows });
  const own = new Set([restOfDevices, ...devices.flatMap(({ modelId }) => modelId ?? [])]);
  return (
    <SectionCard title={t('policy.prices')} description={t('policy.prices.text')}>
      <Stack gap="lg">
        <fieldset
          className="plain-fieldset"
          aria-describedby={error === undefined ? undefined : errorId}
        >
          <Input.Label component="legend">{t('policy.asks')}</Input.Label>
          <Input.Description mb="xs">{t('policy.asks.text')}</Input.Description>
          <Stack gap="sm">
            {asks.map((row, index) => (
              <AskRowFields
                key={row.name}
                row={row}
                devices={devices.filter(({ modelId }) => modelId === row.name)}
                onChange={(part) =>
                  set(asks.map((other, at) => (at === index ? withAmounts(other, part) : other)))
                }
                onRemove={
                  own.has(row.name) ? null : () => set(asks.filter((_, at) => at !== index))
                }
              />
            ))}
            {error !== undefined && (
              <Input.Error id={errorId} data-policy-error>
                {error}
              </Input.Error>
            )}
            <NewClass
              known={asks.map(({ name }) => name)}
              onAdd={(name) => set([...asks, { name, listed: false, USDC: '', SOL: '' }])}
            />
          </Stack>
        </fieldset>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <NumberField field="electricityUsdPerKwh" suffix=" $/kWh" decimals="allowed" {...props} />
        </SimpleGrid>
      </Stack>
    </SectionCard>
  );
}

interface AskRowFieldsProps {
  row: AskRow;
  devices: readonly DeviceEconomics[];
  onChange: (part: Partial<AskRow>) => void;
  /** null for a row that is always there. */
  onRemove: (() => void) | null;
}

function AskRowFields({ row, devices, onChange, onRemove }: AskRowFieldsProps) {
  const { t } = useTranslation();
  const name = row.name === restOfDevices ? t('policy.asks.rest') : row.name;
  const empty = row.listed || row.name === restOfDevices ? 'anything' : 'asRest';
  const amount = (asset: 'USDC' | 'SOL') => (
    <TextInput
      aria-label={t('policy.asks.amount', { name, asset })}
      placeholder={t(`policy.asks.${empty}`)}
      rightSection={
        <Text size="xs" c="dimmed" aria-hidden>
          {asset}
        </Text>
      }
      rightSectionWidth={52}
      inputMode="decimal"
      maxLength={24}
      value={row[asset]}
      error={!isSum(row[asset], asset)}
      onChange={(event) => onChange({ [asset]: event.currentTarget.value })}
    />
  );
  return (
    <div className="ask-row">
      <div>
        <Text size="sm" fw={600} className="break">
          {name}
        </Text>
        {devices.length > 0 && (
          <Text size="xs" c="dimmed">
            {t('policy.asks.here', { count: devices.length })}
          </Text>
        )}
      </div>
      {amount('USDC')}
      {amount('SOL')}
      {onRemove === null ? (
        <span />
      ) : (
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t('policy.asks.remove', { name })}
          onClick={onRemove}
        >
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      )}
      <Suggestion
        seen={devices[0]?.seen ?? null}
        name={name}
        onUse={(USDC) => onChange({ USDC })}
      />
    </div>
  );
}

interface SuggestionProps {
  seen: DeviceEconomics['seen'];
  name: string;
  onUse: (amount: string) => void;
}

/** What others were seen to ask for such a GPU, and one step to ask the middle of it. */
function Suggestion({ seen, name, onUse }: SuggestionProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (seen === null) return null;
  const usd = (value: number) => format.money({ amount: toAmount(value), asset: 'USDC' });
  return (
    <Group gap="xs" className="ask-suggestion">
      <Text size="sm" c="dimmed">
        {t('policy.asks.seen', {
          low: usd(seen.lowUsd),
          high: usd(seen.highUsd),
          median: usd(seen.medianUsd),
          count: seen.count,
        })}
      </Text>
      <Button
        variant="light"
        size="compact-sm"
        aria-label={t('policy.asks.useFor', { name, price: usd(seen.medianUsd) })}
        onClick={() => onUse(toAmount(seen.medianUsd))}
      >
        {t('policy.asks.use', { price: usd(seen.medianUsd) })}
      </Button>
    </Group>
  );
}

interface NewClassProps {
  known: readonly string[];
  onAdd: (name: string) => void;
}

/** For GPUs that are not here at present. */
function NewClass({ known, onAdd }: NewClassProps) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const wanted = name.trim().toLowerCase();
  function add() {
    if (wanted === '' || known.includes(wanted)) return;
    onAdd(wanted);
    setName('');
  }
  return (
    <Group gap="xs" align="flex-end">
      <TextInput
        label={t('policy.asks.class')}
        placeholder="rtx-4090"
        size="xs"
        maxLength={64}
        spellCheck={false}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          add();
        }}
      />
      <Button
        variant="default"
        size="xs"
        leftSection={<IconPlus size={14} aria-hidden />}
        disabled={wanted === '' || known.includes(wanted)}
        onClick={add}
      >
        {t('policy.asks.add')}
      </Button>
    </Group>
  );
}
