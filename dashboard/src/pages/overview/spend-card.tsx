import { Progress, Text } from '@mantine/core';
import { type Asset, assets, fromMoney, type Money } from '@node3/shared/money';
import type { Account } from '@node3/shared/routes/accounts';
import type { CapsView } from '@node3/shared/routes/caps';
import { useTranslation } from 'react-i18next';
import { isZeroMoney } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { SectionCard } from '../../parts/section-card.tsx';

interface SpendCardProps {
  caps: CapsView;
  balances: Account['balances'];
}

/** What there is, and what today's jobs may cost of it: a calendar day of UTC. */
export function SpendCard({ caps, balances }: SpendCardProps) {
  const { t } = useTranslation();
  const used = assets.filter(
    (asset) =>
      !isZeroMoney(balances[asset].available) ||
      !isZeroMoney(balances[asset].held) ||
      !isZeroMoney({ amount: caps.used[asset].today, asset }),
  );
  const shown = used.length === 0 ? (['SOL'] as const) : used;
  return (
    <SectionCard title={t('overview.money')} description={t('overview.moneyText')}>
      {shown.map((asset) => (
        <AssetSpend key={asset} asset={asset} caps={caps} balances={balances} />
      ))}
      <Text size="xs" c="dimmed">
        {t('overview.dayEnds')} <RelativeTime at={caps.dayEndsAt} />
      </Text>
    </SectionCard>
  );
}

function AssetSpend({ asset, caps, balances }: SpendCardProps & { asset: Asset }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { available, held } = balances[asset];
  const today: Money = { amount: caps.used[asset].today, asset };
  const cap = capOf(caps, asset);
  return (
    <div className="asset-spend">
      <dl className="facts">
        <dt>{t('overview.available')}</dt>
        <dd>{format.money(available)}</dd>
        <dt>{t('overview.held')}</dt>
        <dd>{format.money(held)}</dd>
        <dt>{t('overview.today')}</dt>
        <dd>
          {format.money(today)}
          {cap !== null && ` / ${format.money(cap)}`}
        </dd>
      </dl>
      {cap === null ? (
        <Text size="xs" c="dimmed" mt={4}>
          {t('overview.noCap')}
        </Text>
      ) : (
        <Progress
          value={shareOf(today, cap)}
          mt={6}
          aria-label={t('overview.todayOf', { spent: format.money(today), cap: format.money(cap) })}
        />
      )}
    </div>
  );
}

/** The lower of what the account and the operator allow for one day. */
function capOf({ account, operator }: CapsView, asset: Asset): Money | null {
  const given = [account[asset].perDay, operator[asset].perDay].filter((amount) => amount !== null);
  const sorted = given
    .map((amount) => ({ amount, asset }))
    .toSorted((a, b) => (fromMoney(a) < fromMoney(b) ? -1 : 1));
  return sorted[0] ?? null;
}

function shareOf(part: Money, whole: Money): number {
  const all = fromMoney(whole);
  return all === 0n ? 100 : Math.min(100, Number((fromMoney(part) * 100n) / all));
}
