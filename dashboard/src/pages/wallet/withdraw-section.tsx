import { Alert, Stack } from '@mantine/core';
import { type Money, toMoney } from '@node3/shared/money';
import { withdrawalMinimum } from '@node3/shared/money-minimums';
import type { Account } from '@node3/shared/routes/accounts';
import { createWithdrawal } from '@node3/shared/routes/withdrawals';
import { IconInfoCircle } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { CommandLines } from '../../parts/command-lines.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { useNotice } from '../../parts/use-notice.tsx';
import { curlLine } from '../../shell-command.ts';
import { WithdrawForm } from './withdraw-form.tsx';
import { WithdrawalList } from './withdrawal-list.tsx';

/** Money out: to the wallet of the account and nowhere else. */
export function WithdrawSection({ account }: { account: Account }) {
  const { t } = useTranslation();
  const app = useApp();
  const format = useFormat();
  const notify = useNotice();
  const queryClient = useQueryClient();
  const withdraw = useMutation({
    mutationFn: ({ money, idempotencyKey }: { money: Money; idempotencyKey: string }) =>
      app.client.call(createWithdrawal, { body: { money } }, { idempotencyKey }),
    async onSuccess({ money }) {
      notify({ kind: 'done', message: t('withdraw.asked', { money: format.money(money) }) });
      await queryClient.invalidateQueries({ queryKey: ['own'] });
    },
  });
  const example = toMoney(withdrawalMinimum.SOL, 'SOL');
  const url = `${location.origin}${createWithdrawal.url}`;
  return (
    <Stack gap="lg">
      <SectionCard title={t('withdraw.title')} description={t('withdraw.text')}>
        {account.wallet === null ? (
          <Alert color="gray" variant="light" icon={<IconInfoCircle aria-hidden />}>
            {t('withdraw.noWallet')}
          </Alert>
        ) : (
          <WithdrawForm
            wallet={account.wallet}
            balances={account.balances}
            error={withdraw.error}
            pending={withdraw.isPending}
            onWithdraw={withdraw.mutateAsync}
          />
        )}
      </SectionCard>
      <WithdrawalList />
      <CommandLines
        lines={[
          { label: 'CLI', text: `node3 withdraw ${example.amount} --asset SOL` },
          { label: 'curl', text: curlLine({ method: 'POST', url, body: { money: example } }) },
        ]}
      />
    </Stack>
  );
}
