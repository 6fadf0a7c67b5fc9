import { useTranslation } from 'react-i18next';
import { curlLine } from '../../shell-command.ts';
import { LedgerCard } from './payments/ledger-card.tsx';
import { PayoutEngine } from './payments/payout-engine.tsx';
import { Payouts } from './payments/payouts.tsx';
import { ReservesCard } from './payments/reserves-card.tsx';
import { SuspenseDeposits } from './payments/suspense-deposits.tsx';
import { OperatorPage } from './shared/operator-page.tsx';

/** What leaves the treasury, what is owed, and whether the books are right. */
export function PaymentsPage() {
  const { t } = useTranslation();
  return (
    <OperatorPage
      title={t('op.payments.title')}
      subtitle={t('op.payments.subtitle')}
      lines={[
        { label: 'CLI', text: 'node3 admin payouts status' },
        { label: 'CLI', text: 'node3 admin ledger verify' },
        { label: 'curl', text: curlLine({ url: `${location.origin}/api/v1/admin/payouts` }) },
      ]}
    >
      {() => (
        <>
          <PayoutEngine />
          <Payouts />
          <ReservesCard />
          <LedgerCard />
          <SuspenseDeposits />
        </>
      )}
    </OperatorPage>
  );
}
