import { Text } from '@mantine/core';
import type { AdminPayout } from '@node3/shared/routes/admin';
import { useTranslation } from 'react-i18next';

/** Reasons of the payout engine that have a sentence; another one is shown as it is. */
const known = [
  'above_payout_cap',
  'payout_cap_reached',
  'next_batch',
  'below_rent',
  'below_account_minimum',
  'usdc_account_missing',
  'destination_unknown',
  'token_account_frozen',
  'token_account_owner_changed',
  'token_account_unusable',
  'wallet_is_a_program',
  'wallet_owned_by_a_program',
  'restored',
  'receipt_exists',
  'treasury_short_of_sol',
  'treasury_short_of_usdc',
  'treasury_below_rent',
] as const;

/** Why a payout is held or waits: a sentence, and the word by which it is looked up. */
export function PayoutWhy({ payout }: { payout: Pick<AdminPayout, 'holdReason' | 'waitReason'> }) {
  const { t } = useTranslation();
  const why = payout.holdReason ?? payout.waitReason;
  if (why === null) return null;
  const reason = known.find((one) => one === why);
  return (
    <div>
      {reason !== undefined && <Text size="xs">{t(`op.why.${reason}`)}</Text>}
      <Text size="xs" c="dimmed" className="mono break">
        {why}
      </Text>
    </div>
  );
}
