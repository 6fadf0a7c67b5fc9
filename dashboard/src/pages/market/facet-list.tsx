import { Button, Checkbox, Stack, Text } from '@mantine/core';
import type { FacetValue } from '@node3/shared/routes/market-parts';
import { useNavigate } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import { type MarketField, type MarketSearch, toggled } from './market-search.ts';

const shownAtFirst = 6;

interface FacetListProps {
  title: string;
  field: MarketField;
  search: MarketSearch;
  values: readonly FacetValue[];
  /** What a value is called; as it is where left out. */
  nameOf?: (value: string) => string;
}

/** Values of one field with how many there are beside the other filters; the choice is in the address. */
export function FacetList({ title, field, search, values, nameOf }: FacetListProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const headingId = useId();
  const chosen = search[field]?.split(',') ?? [];
  const known = values.map(({ value, count }) => ({ value: value ?? 'none', count }));
  const gone = chosen.filter((value) => known.every((one) => one.value !== value));
  const all = [...known, ...gone.map((value) => ({ value, count: 0 }))];
  if (all.length === 0) return null;
  const shown = isOpen ? all : all.slice(0, shownAtFirst);
  const choose = (value: string) =>
    void navigate({
      to: '.',
      search: ((before: MarketSearch) => ({
        ...before,
        [field]: toggled(before[field], value),
        cursor: undefined,
      })) as never,
      replace: true,
    });
  return (
    <div role="group" aria-labelledby={headingId}>
      <Text size="sm" fw={600} id={headingId} mb={6}>
        {title}
      </Text>
      <Stack gap={4}>
        {shown.map(({ value, count }) => (
          <Checkbox
            key={value}
            size="xs"
            className="facet-value"
            checked={chosen.includes(value)}
            onChange={() => choose(value)}
            label={
              <>
                <span className="truncate">
                  {value === 'none' ? t('market.nobodySays') : (nameOf?.(value) ?? value)}
                </span>
                <span className="facet-count">{format.number(count)}</span>
              </>
            }
          />
        ))}
      </Stack>
      {all.length > shownAtFirst && (
        <Button variant="subtle" size="compact-xs" mt={4} onClick={() => setOpen(!isOpen)}>
          {isOpen
            ? t('market.fewer')
            : t('market.moreValues', { count: all.length - shownAtFirst })}
        </Button>
      )}
    </div>
  );
}
