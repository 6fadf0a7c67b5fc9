import { Group, Text, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { FilterChips } from '../../parts/filter-chips.tsx';
import type { UsagePeriod } from '../../queries/usage.ts';
import { type UsageSearch, usagePeriods } from '../../routes/usage-search.ts';

interface PeriodPickerProps {
  search: UsageSearch;
  period: UsagePeriod;
}

/** Whole calendar days in UTC: a choice of three periods, or any two days. */
export function PeriodPicker({ search, period }: PeriodPickerProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const isOwn = search.from !== undefined || search.to !== undefined;
  const pick = (change: Partial<UsagePeriod>) => {
    const { days: _days, ...rest } = search;
    void navigate({ to: '/usage', search: { ...rest, ...period, ...change } });
  };
  return (
    <Group gap="sm" align="flex-end">
      <FilterChips
        label={t('usage.period')}
        parameter="days"
        drops={['from', 'to']}
        value={isOwn ? undefined : (search.days ?? '30')}
        choices={usagePeriods.map((value) => ({
          value,
          label: t('usage.days', { count: Number(value) }),
        }))}
      />
      <TextInput
        type="date"
        size="xs"
        label={t('usage.from')}
        value={period.from}
        max={period.to}
        onChange={(event) => {
          if (event.currentTarget.value !== '') pick({ from: event.currentTarget.value });
        }}
      />
      <TextInput
        type="date"
        size="xs"
        label={t('usage.to')}
        value={period.to}
        min={period.from}
        onChange={(event) => {
          if (event.currentTarget.value !== '') pick({ to: event.currentTarget.value });
        }}
      />
      <Text size="xs" c="dimmed" pb={6}>
        {t('usage.utc')}
      </Text>
    </Group>
  );
}
