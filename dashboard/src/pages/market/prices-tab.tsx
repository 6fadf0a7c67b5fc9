import { Card, Group, NativeSelect, Stack, Text } from '@mantine/core';
import type { ReplyOf } from '@node3/shared/contract';
import type { Asset } from '@node3/shared/money';
import type { getPriceHistory, PriceClass } from '@node3/shared/routes/prices';
import { IconChartLine } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { TimeChart } from '../../parts/charts/time-chart.tsx';
import { CommandLines } from '../../parts/command-lines.tsx';
import { SimulatedBadge } from '../../parts/device-line.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { priceClassesQuery, priceHistoryQuery } from '../../queries/market.ts';
import { priceCommands } from './market-commands.ts';
import { SearchSelect, useMarketField } from './market-field.tsx';
import type { MarketSearch } from './market-search.ts';
import { chartOf } from './price-chart.ts';
import { PriceClasses } from './price-classes.tsx';
import { PriceFacts } from './price-facts.tsx';

const pricesMs = 60_000;
type History = ReplyOf<typeof getPriceHistory>;

/** What an hour on a GPU of a class was let for, day by day, and what is asked for it now. */
export function PricesTab({ search }: { search: MarketSearch }) {
  const { t } = useTranslation();
  const app = useApp();
  const classes = useQuery({ ...priceClassesQuery(app), refetchInterval: pricesMs });
  return (
    <QueryView query={classes} lines={8}>
      {({ data, jobsWithoutClass }) => {
        const chosen = chosenOf(data, search);
        if (chosen === null) {
          return (
            <Card withBorder>
              <EmptyState icon={IconChartLine} title={t('prices.none')}>
                {t('prices.noneHint')}
              </EmptyState>
            </Card>
          );
        }
        return (
          <Stack gap="lg">
            <ClassHistory chosen={chosen} classes={data} search={search} />
            <PriceClasses classes={data} asset={assetOf(search)} />
            {jobsWithoutClass > 0 && (
              <Text size="sm" c="dimmed">
                {t('prices.withoutClass', { count: jobsWithoutClass })}
              </Text>
            )}
          </Stack>
        );
      }}
    </QueryView>
  );
}

function assetOf({ asset }: MarketSearch): Asset {
  return asset === 'SOL' ? 'SOL' : 'USDC';
}

/** What the address names, or the class with the most GPUs. */
function chosenOf(classes: readonly PriceClass[], search: MarketSearch): PriceClass | null {
  const named = classes.find(
    ({ gpu, simulated }) => gpu === search.gpu && simulated === (search.hardware === 'simulated'),
  );
  return named ?? classes[0] ?? null;
}

interface ClassHistoryProps {
  chosen: PriceClass;
  classes: readonly PriceClass[];
  search: MarketSearch;
}

function ClassHistory({ chosen, classes, search }: ClassHistoryProps) {
  const { t } = useTranslation();
  const app = useApp();
  const asset = assetOf(search);
  const days = periods.find((one) => one === search.days) ?? '30';
  const query = {
    asset,
    hardware: chosen.simulated ? ('simulated' as const) : ('real' as const),
    days: Number(days),
  };
  const history = useQuery({
    ...priceHistoryQuery(app, chosen.gpu, query),
    refetchInterval: pricesMs,
  });
  return (
    <SectionCard
      title={chosen.name}
      description={t('prices.description')}
      aside={chosen.simulated ? <SimulatedBadge /> : undefined}
    >
      <Stack gap="md">
        <Group gap="sm" align="flex-end">
          <ClassSelect chosen={chosen} classes={classes} />
          <SearchSelect
            label={t('market.field.asset')}
            field="asset"
            search={search}
            choices={[
              { value: 'USDC', label: 'USDC' },
              { value: 'SOL', label: 'SOL' },
            ]}
          />
          <SearchSelect
            label={t('prices.period')}
            field="days"
            search={search}
            choices={['30', '7', '90'].map((value) => ({
              value,
              label: t('prices.days', { count: Number(value) }),
            }))}
          />
        </Group>
        <QueryView query={history} lines={6}>
          {(data) => <HistoryView history={data} />}
        </QueryView>
        <CommandLines lines={priceCommands(chosen.gpu, query)} />
      </Stack>
    </SectionCard>
  );
}

const periods = ['7', '30', '90'] as const;

function HistoryView({ history }: { history: History }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { asset, reference } = history;
  const words = {
    median: t('prices.median', { asset }),
    band: t('prices.band', { asset }),
    reference: t('prices.referenceLine'),
  };
  // Dollars stand beside USDC, which is worth one; beside SOL they would say nothing.
  const data = chartOf({ ...history, reference: asset === 'USDC' ? reference : null }, words);
  return (
    <Stack gap="md">
      <TimeChart
        title={t('prices.chart', { asset })}
        data={data}
        format={(value) => format.precise(value)}
        height={240}
      />
      <PriceFacts history={history} />
    </Stack>
  );
}

function ClassSelect({ chosen, classes }: Pick<ClassHistoryProps, 'chosen' | 'classes'>) {
  const { t } = useTranslation();
  const write = useMarketField();
  const keyOf = ({ gpu, simulated }: PriceClass) => `${gpu} ${simulated ? 'simulated' : 'real'}`;
  return (
    <NativeSelect
      label={t('prices.class')}
      size="sm"
      value={keyOf(chosen)}
      data={classes.map((one) => ({
        value: keyOf(one),
        label: one.simulated ? `${one.name} (${t('device.simulated')})` : one.name,
      }))}
      onChange={({ currentTarget: { value } }) => {
        const [gpu, hardware] = value.split(' ');
        write({ gpu, hardware: hardware === 'simulated' ? hardware : undefined });
      }}
    />
  );
}
