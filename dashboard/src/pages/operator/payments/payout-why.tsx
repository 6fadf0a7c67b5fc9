import { Text } from '@mantine/core';
import { isPayoutReason } from '@node3/shared/payout-reasons';
import type { AdminPayout } from '@node3/shared/routes/admin';
import { PayoutReasonText } from '../../../parts/server-words.tsx';

/** Why a payout is held or waits: a sentence, and the word by which it is looked up. */
export function PayoutWhy({ payout }: { payout: Pick<AdminPayout, 'holdReason' | 'waitReason'> }) {
  const why = payout.holdReason ?? payout.waitReason;
  if (why === null) return null;
  return (
    <div>
      {isPayoutReason(why) && (
        <Text size="xs">
          <PayoutReasonText reason={why} />
        </Text>
      )}
      <Text size="xs" c="dimmed" className="mono break">
        {why}
      </Text>
    </div>
  );
}
