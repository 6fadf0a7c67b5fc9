import { Button, Group } from '@mantine/core';
import type { AdminPayout } from '@node3/shared/routes/admin';
import { cancelPayout, retryPayout } from '@node3/shared/routes/payouts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActDialog } from '../shared/act-dialog.tsx';
import { useOperate } from '../shared/use-operate.ts';

/** What may be done to a payout in its state; nothing to most. */
export function PayoutActions({ payout }: { payout: AdminPayout }) {
  const { t } = useTranslation();
  const { operate, isBusy } = useOperate();
  const [asked, setAsked] = useState<'retry' | 'cancel' | null>(null);
  const { payoutId, state, kind } = payout;
  const kinds = [
    ...(state === 'held' ? (['retry'] as const) : []),
    ...((state === 'held' || state === 'due') && kind !== 'earning' ? (['cancel'] as const) : []),
  ];
  if (kinds.length === 0) return null;
  return (
    <Group gap={6}>
      {kinds.map((one) => (
        <Button
          key={one}
          size="compact-xs"
          variant="default"
          className="row-action"
          disabled={isBusy}
          onClick={() => setAsked(one)}
        >
          {t(`op.payouts.${one}`)}
        </Button>
      ))}
      <ActDialog
        act={
          asked === null
            ? null
            : {
                title: t(`op.payouts.${asked}.title`),
                text: t(`op.payouts.${asked}.text`),
                confirm: t(`op.payouts.${asked}`),
              }
        }
        onClose={() => setAsked(null)}
        onConfirm={() =>
          operate(async (client) => {
            const contract = asked === 'retry' ? retryPayout : cancelPayout;
            await client.call(contract, { params: { payoutId } });
            return t('op.payouts.done');
          })
        }
      />
    </Group>
  );
}
