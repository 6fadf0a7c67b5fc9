import { Group, SegmentedControl, Stack, Text } from '@mantine/core';
import type { ReplyOf } from '@node3/shared/contract';
import type { Asset } from '@node3/shared/money';
import type { listEarningDays } from '@node3/shared/routes/agent-money';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { unknownMark } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { BarChart } from '../../parts/charts/bar-chart.tsx';
import { dayRows } from './earning-days.ts';

type Days = ReplyOf<typeof listEarningDays>;

/** What each GPU earned on each day, beside what its ask would have brought. */
export function EarningChart({ days }: { days: Days }) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const [asset, setAsset] = useState<Asset>(mostOf(days));
  const amounts = new Intl.NumberFormat(language, { maximumFractionDigits: 9 });
  const money = (value: number) => `${amounts.format(value)} ${asset}`;
  const known = dayRows(days, asset);
  const nameOf = (deviceId: string, model: string | null) =>
    deviceId === 'none' ? t('gpuEarnings.none') : `${model ?? unknownMark} · ${deviceId.slice(-4)}`;
  return (
    <Stack gap="md">
      <Group justify="flex-end">
        <SegmentedControl
          size="xs"
          aria-label={t('earnings.asset')}
          data={['USDC', 'SOL']}
          value={asset}
          onChange={(value) => setAsset(value === 'SOL' ? 'SOL' : 'USDC')}
        />
      </Group>
      <BarChart
        title={t('earnings.byDay')}
        data={{
          days: known.days,
          series: known.devices.map(({ deviceId, model, points }) => ({
            label: nameOf(deviceId, model),
            points,
          })),
        }}
        format={money}
      />
      <BarChart
        title={t('earnings.expectedByDay')}
        layout="grouped"
        empty={t(days.data.length === 0 ? 'earnings.expectedNothing' : 'earnings.expectedNone')}
        data={{
          days: known.days,
          series: [
            { label: t('gpuEarnings.earned'), points: known.earned },
            { label: t('gpuEarnings.expected'), points: known.expected },
          ],
        }}
        format={money}
      />
      <Text size="xs" c="dimmed">
        {t('earnings.byDayText')}
      </Text>
    </Stack>
  );
}

/** The asset that something was earned in. */
function mostOf({ data }: Days): Asset {
  const earns = (asset: Asset) => data.some(({ earned }) => /[1-9]/.test(earned[asset].amount));
  return !earns('USDC') && earns('SOL') ? 'SOL' : 'USDC';
}
