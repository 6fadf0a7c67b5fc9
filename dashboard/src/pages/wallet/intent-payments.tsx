import { Text } from '@mantine/core';
import type { DepositIntent, IntentPayment } from '@node3/shared/routes/deposits';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { ExplorerLink } from '../../parts/explorer-link.tsx';
import { LookBadge } from '../../parts/state-badge.tsx';
import { payoutLooks } from '../../parts/state-look.ts';
import { intentPaymentsQuery } from '../../queries/wallet.ts';

const watchMs = 1_500;

interface IntentPaymentsProps {
  intent: DepositIntent;
  /** Of what was sent from this page, which is seen before the chain lists it. */
  signature: string | null;
}

/** The transactions that pay a link, with what the chain says of each, for as long as that changes. */
export function IntentPayments({ intent, signature }: IntentPaymentsProps) {
  const { t } = useTranslation();
  const { intentId, state } = intent;
  const query = useQuery({
    ...intentPaymentsQuery(useApp(), intentId, signature),
    // The money may be credited before what was read last of its transaction says that it is final.
    refetchInterval: ({ state: { data } }) =>
      state === 'credited' && data?.every(isOver) === true ? false : watchMs,
  });
  const payments = query.data ?? [];
  if (query.isError && payments.length === 0) {
    return (
      <Text size="sm" c="dimmed" role="status">
        {t('deposit.chainSilent')}
      </Text>
    );
  }
  if (payments.length === 0) return null;
  return (
    <ul className="plain-list payout-list" aria-label={t('deposit.payments')} aria-live="polite">
      {payments.map((payment) => (
        <li key={payment.signature} data-testid="intent-payment">
          <ExplorerLink kind="transaction" value={payment.signature} url={payment.explorerUrl} />
          <Confirmations payment={payment} />
          <PaymentBadge payment={payment} />
        </li>
      ))}
    </ul>
  );
}

function isOver({ commitment, failed }: IntentPayment): boolean {
  return failed || commitment === 'finalized';
}

function Confirmations({ payment }: { payment: IntentPayment }) {
  const { t } = useTranslation();
  const { confirmations, failed } = payment;
  const text = failed
    ? t('deposit.failed')
    : confirmations === null
      ? t('deposit.final')
      : t('deposit.confirmations', { count: confirmations });
  return (
    <Text component="span" size="sm">
      {text}
    </Text>
  );
}

function PaymentBadge({ payment: { commitment, failed } }: { payment: IntentPayment }) {
  const { t } = useTranslation();
  if (failed) return <LookBadge look={payoutLooks.held} label={t('deposit.state.failed')} />;
  const look = commitment === 'processed' ? payoutLooks.submitted : payoutLooks[commitment];
  return <LookBadge look={look} label={t(`deposit.state.${commitment}`)} />;
}
