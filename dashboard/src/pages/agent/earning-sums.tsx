import { Alert, SimpleGrid, Stack, Text } from '@mantine/core';
import type { ReplyOf } from '@node3/shared/contract';
import type { getLocalEarnings } from '@node3/shared/routes/agent-local';
import type { AgentEarnings } from '@node3/shared/routes/agents';
import {
  IconCalendar,
  IconClock,
  IconCoins,
  IconHourglass,
  IconPlugConnectedX,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { StatCard } from '../../parts/stat-card.tsx';
import { MoneyAmounts } from './money-amounts.tsx';

type Told = ReplyOf<typeof getLocalEarnings>;
type Assets = AgentEarnings['earned'];

/** Money that is final on chain by window, apart from what is on its way, with the age of all of it. */
export function EarningSums({ told }: { told: Told }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { asOf, dayStart, earnings, unreachableSince } = told;
  const lost = unreachableSince !== null && (
    <Alert
      color="orange"
      variant="light"
      icon={<IconPlugConnectedX aria-hidden />}
      title={t('earnings.lost', { time: format.clock(Date.parse(unreachableSince)) })}
    >
      <Text size="sm">
        {asOf === null
          ? t('earnings.unknownText')
          : t('earnings.lostText', { time: format.time(Date.parse(asOf)) })}
      </Text>
    </Alert>
  );
  if (earnings === null) {
    return (
      <Stack gap="sm">
        {lost}
        <EmptyState icon={IconCoins} title={t('earnings.unknown')}>
          {t('earnings.unknownText')}
        </EmptyState>
      </Stack>
    );
  }
  const { earned, within } = earnings;
  const sum = (part: keyof Assets['SOL']) => (
    <MoneyAmounts SOL={earned.SOL[part]} USDC={earned.USDC[part]} />
  );
  const window = (part: 'last24h' | 'last7d' | 'last30d') =>
    within === undefined ? (
      t('state.unknown')
    ) : (
      <MoneyAmounts SOL={within.SOL[part]} USDC={within.USDC[part]} />
    );
  const ownDay = within?.SOL.since != null && within.USDC.since !== null && dayStart !== null;
  return (
    <Stack gap="sm">
      {lost}
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }} component="ul" className="plain-list">
        <StatCard
          label={t('earnings.today')}
          icon={IconCalendar}
          value={sum('today')}
          note={t('earnings.todayUtc')}
        />
        {ownDay && (
          <StatCard
            label={t('earnings.ownToday')}
            icon={IconCalendar}
            value={
              <MoneyAmounts
                SOL={within.SOL.since ?? earned.SOL.today}
                USDC={within.USDC.since ?? earned.USDC.today}
              />
            }
            note={t('earnings.ownTodayNote', { time: format.time(Date.parse(dayStart)) })}
          />
        )}
        {(['last24h', 'last7d', 'last30d'] as const).map((part) => (
          <StatCard
            key={part}
            label={t(`earnings.${part}`)}
            icon={IconClock}
            value={window(part)}
            note={t('earnings.rolling')}
          />
        ))}
        <StatCard
          label={t('earnings.total')}
          icon={IconCoins}
          value={sum('finalized')}
          note={t('earnings.finalized')}
          href="/wallet"
        />
        <StatCard
          label={t('earnings.pending')}
          icon={IconHourglass}
          value={sum('pending')}
          note={t('earnings.pendingNote')}
          href="/wallet"
        />
      </SimpleGrid>
      <Text size="xs" c="dimmed">
        {t('earnings.asOf')} <RelativeTime at={asOf} />
      </Text>
    </Stack>
  );
}
