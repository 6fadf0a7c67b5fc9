import { Button, Group, Stack } from '@mantine/core';
import { toMoney } from '@node3/shared/money';
import { depositMinimum } from '@node3/shared/money-minimums';
import { createDepositIntent } from '@node3/shared/routes/deposits';
import { IconQrcode } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { ErrorView } from '../../parts/error-view.tsx';
import { MoneyInput } from '../../parts/money-input/money-input.tsx';
import { type MoneyText, readMoneyText } from '../../parts/money-input/money-text.ts';
import { DepositCommands } from './deposit-commands.tsx';

const limits = {
  least: {
    SOL: toMoney(depositMinimum.SOL, 'SOL'),
    USDC: toMoney(depositMinimum.USDC, 'USDC'),
  },
  most: { SOL: null, USDC: null },
};

/** Asks what is to be deposited; the link may also leave the amount to whoever pays it. */
export function DepositForm() {
  const { t } = useTranslation();
  const { client } = useApp();
  const navigate = useNavigate();
  const [value, setValue] = useState<MoneyText>({ text: '', asset: 'SOL' });
  const { money, problem } = readMoneyText(value, limits);
  const create = useMutation({
    mutationFn: () => {
      const amount = money === null ? {} : { amount: money.amount };
      return client.call(createDepositIntent, { body: { asset: value.asset, ...amount } });
    },
    onSuccess: ({ intentId }) =>
      navigate({ to: '/wallet', search: { view: 'deposit', intent: intentId } }),
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    if (problem === null || problem.kind === 'empty') create.mutate();
  }
  return (
    <form onSubmit={submit} aria-label={t('deposit.title')} noValidate>
      <Stack gap="md" maw={520}>
        <MoneyInput
          label={t('deposit.amount')}
          description={t('deposit.amountText')}
          value={value}
          onChange={setValue}
          limits={limits}
          required={false}
        />
        {create.error !== null && <ErrorView error={create.error} />}
        <Group>
          <Button
            type="submit"
            loading={create.isPending}
            leftSection={<IconQrcode size={17} aria-hidden />}
          >
            {t('deposit.create')}
          </Button>
        </Group>
        <DepositCommands asset={value.asset} amount={money?.amount ?? null} />
      </Stack>
    </form>
  );
}
