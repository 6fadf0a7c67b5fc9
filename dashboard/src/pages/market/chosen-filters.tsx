import { Button, Group } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import {
  brokenRule,
  type FilterField,
  filterFields,
  type MarketSearch,
  toggled,
} from './market-search.ts';

/** Fields with lists of values; all others hold one text. */
const single: readonly FilterField[] = [
  'q',
  'rewardMin',
  'rewardMax',
  'priceMax',
  'memory',
  'count',
];

/** What is filtered by, each of it to be taken away with one press. */
export function ChosenFilters({ search }: { search: MarketSearch }) {
  const { t } = useTranslation();
  const chosen = filterFields.flatMap((field) => {
    const text = search[field];
    if (text === undefined || brokenRule(field, text) !== null) return [];
    const values = single.includes(field) ? [text] : text.split(',');
    return values.map((value) => ({ field, value }));
  });
  if (chosen.length === 0) return null;
  return (
    <Group gap={6} aria-label={t('market.chosen')} role="group">
      {chosen.map(({ field, value }) => (
        <Link
          key={`${field} ${value}`}
          to="."
          search={without(field, value)}
          className="chip market-chip"
          aria-label={t('market.removeFilter', { name: t(`market.field.${field}`), value })}
        >
          {t(`market.field.${field}`)}: {value === 'none' ? t('market.nobodySays') : value}
          <IconX size={13} aria-hidden />
        </Link>
      ))}
      <Button
        variant="subtle"
        size="compact-sm"
        renderRoot={(button) => <Link to="." search={withoutAll} {...button} />}
      >
        {t('market.clear')}
      </Button>
    </Group>
  );
}

// Which page it is on, and so what else its address has, is not known to the router here.
function without(field: FilterField, value: string) {
  return ((before: MarketSearch) => ({
    ...before,
    [field]: single.includes(field) ? undefined : toggled(before[field], value),
    cursor: undefined,
  })) as never;
}

const withoutAll = ((before: MarketSearch) => {
  const none = Object.fromEntries(filterFields.map((field) => [field, undefined]));
  return { ...before, ...none, cursor: undefined };
}) as never;
