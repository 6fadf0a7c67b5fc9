import { Anchor, Stack, Text, Title } from '@mantine/core';
import type { Money } from '@node3/shared/money';
import type { AgentEarnings } from '@node3/shared/routes/agents';
import { payoutStates } from '@node3/shared/settlement-state';
import { IconCoins } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { shorten, shownAssets } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';

interface EarningsViewProps {
  local: { asOf: string | null; earnings: AgentEarnings | null };
}

/** Money that is final on chain, apart from money that is still on its way. */
export function EarningsView({ local }: EarningsViewProps) {
  const { t } = useTranslation();
  const { asOf, earnings } = local;
  if (earnings === null) {
    return (
      <EmptyState icon={IconCoins} title={t('earnings.unknown')}>
        {t('earnings.unknownText')}
      </EmptyState>
    );
  }
  const { SOL, USDC } = earnings.earned;
  return (
    <Stack gap="md">
      <div>
        <Text size="sm" c="dimmed">
          {t('earnings.finalized')}
        </Text>
        <Amounts big SOL={SOL.finalized} USDC={USDC.finalized} />
      </div>
      <dl className="facts">
        <dt>{t('earnings.today')}</dt>
        <dd>
          <Amounts SOL={SOL.today} USDC={USDC.today} />
        </dd>
        <dt>{t('earnings.pending')}</dt>
        <dd>
          <Amounts SOL={SOL.pending} USDC={USDC.pending} />
        </dd>
        <dt>{t('earnings.jobs')}</dt>
        <dd>
          {t('machine.doneCounts', {
            succeeded: earnings.jobsSucceeded,
            failed: earnings.jobsFailed,
          })}
        </dd>
      </dl>
      {earnings.payouts.length > 0 && <PayoutList payouts={earnings.payouts} />}
      <Text size="xs" c="dimmed">
        {t('earnings.asOf')} <RelativeTime at={asOf} />
      </Text>
    </Stack>
  );
}

interface AmountsProps {
  SOL: Money;
  USDC: Money;
  big?: true;
}

function Amounts({ SOL, USDC, big }: AmountsProps) {
  const format = useFormat();
  return (
    <span className={big ? 'amount-big' : 'stat-money'}>
      {shownAssets({ SOL, USDC }).map((money) => (
        <span key={money.asset}>{format.money(money)}</span>
      ))}
    </span>
  );
}

const payoutsShown = 5;

function PayoutList({ payouts }: { payouts: AgentEarnings['payouts'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div>
      <Title order={3} mb={6}>
        {t('earnings.payouts')}
      </Title>
      <ul className="plain-list payout-list">
        {payouts.slice(0, payoutsShown).map((payout) => {
          const state = payoutStates.find((known) => known === payout.state);
          const { explorerUrl, signature } = payout;
          return (
            <li key={payout.payoutId}>
              <Text size="sm" fw={600} component="span">
                {format.money(payout.money)}
              </Text>
              <Text size="sm" c="dimmed" component="span">
                {state === undefined ? payout.state : t(`payout.state.${state}`)}
              </Text>
              <Text size="xs" component="span" className="mono">
                {signature !== null && explorerUrl !== null && /^https?:\/\//.test(explorerUrl) ? (
                  <Anchor inherit href={explorerUrl} target="_blank" rel="noopener noreferrer">
                    {shorten(signature, 6, 4)}
                  </Anchor>
                ) : (
                  signature !== null && shorten(signature, 6, 4)
                )}
              </Text>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
