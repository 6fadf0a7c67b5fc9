import { Group, Text } from '@mantine/core';
import type { Asset } from '@node3/shared/money';
import type { PriceClass } from '@node3/shared/routes/prices';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { unknownMark } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import type { DataColumn } from '../../parts/data-table/data-column.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { SimulatedBadge } from '../../parts/device-line.tsx';
import { SectionCard } from '../../parts/section-card.tsx';

/** All classes beside one another, in one asset. */
export function PriceClasses({ classes, asset }: { classes: PriceClass[]; asset: Asset }) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns = useMemo(() => priceColumns(t, format, asset), [t, format, asset]);
  return (
    <SectionCard
      title={t('prices.classes')}
      description={t('prices.classesText', { asset })}
      padding="flush"
    >
      <DataTable
        label={t('prices.classes')}
        columns={columns}
        rows={classes}
        rowId={({ gpu, simulated }) => `${gpu} ${simulated}`}
        empty={<Text p="md">{t('prices.none')}</Text>}
      />
    </SectionCard>
  );
}

function priceColumns(
  t: TFunction,
  format: ReturnType<typeof useFormat>,
  asset: Asset,
): DataColumn<PriceClass>[] {
  return [
    {
      id: 'class',
      title: t('prices.class'),
      value: ({ name }) => name,
      cell: (one) => <ClassName one={one} asset={asset} />,
    },
    {
      id: 'gpus',
      title: t('market.stats.agents.gpus'),
      align: 'right',
      value: ({ now }) => now[asset].gpus + now[asset].gpusAnyPrice,
      cell: ({ now }) => format.number(now[asset].gpus + now[asset].gpusAnyPrice),
    },
    {
      id: 'ask',
      title: t('prices.askedNow'),
      align: 'right',
      value: ({ now }) => (now[asset].asks === null ? null : Number(now[asset].asks.median.amount)),
      cell: ({ now }) => format.money(now[asset].asks?.median ?? null),
    },
    {
      id: 'jobs',
      title: t('prices.paidJobs'),
      align: 'right',
      value: ({ jobs }) => jobs[asset],
      cell: ({ jobs }) => format.number(jobs[asset]),
    },
    {
      id: 'elsewhere',
      title: t('prices.elsewhere'),
      align: 'right',
      value: ({ reference }) => reference?.median ?? null,
      cell: ({ reference }) =>
        reference === null ? unknownMark : `${format.precise(reference.median)} USD`,
    },
  ];
}

function ClassName({ one, asset }: { one: PriceClass; asset: Asset }) {
  const search = {
    tab: 'prices' as const,
    gpu: one.gpu,
    ...(asset === 'SOL' && { asset }),
    ...(one.simulated && { hardware: 'simulated' }),
  };
  return (
    <Group gap="xs">
      <Link to="/marketplace" search={search} className="row-link">
        {one.name}
      </Link>
      {one.simulated && <SimulatedBadge />}
    </Group>
  );
}
