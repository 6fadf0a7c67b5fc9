import { Button, Group, Stack, Text } from '@mantine/core';
import { type Money, toMoney } from '@node3/shared/money';
import { withdrawalMinimum } from '@node3/shared/money-minimums';
import type { Account } from '@node3/shared/routes/accounts';
import type { Withdrawal } from '@node3/shared/routes/withdrawals';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import { ErrorView } from '../../parts/error-view.tsx';
import { ExplorerLink } from '../../parts/explorer-link.tsx';
import { MoneyInput } from '../../parts/money-input/money-input.tsx';
import { type MoneyText, readMoneyText } from '../../parts/money-input/money-text.ts';
import { TypedConfirm } from '../../parts/typed-confirm.tsx';

interface WithdrawFormProps {
  wallet: string;
  balances: Account['balances'];
  error: unknown;
  pending: boolean;
  /** The same key asks for the same withdrawal, however often it is sent. */
  onWithdraw: (asked: { money: Money; idempotencyKey: string }) => Promise<Withdrawal>;
}

export function WithdrawForm(props: WithdrawFormProps) {
  const { wallet, balances, error, pending, onWithdraw } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const [value, setValue] = useState<MoneyText>({ text: '', asset: 'SOL' });
  const [submitted, setSubmitted] = useState(false);
  const [draft, setDraft] = useState<{ money: Money; idempotencyKey: string } | null>(null);
  const limits = {
    least: {
      SOL: toMoney(withdrawalMinimum.SOL, 'SOL'),
      USDC: toMoney(withdrawalMinimum.USDC, 'USDC'),
    },
    most: { SOL: balances.SOL.available, USDC: balances.USDC.available },
  };
  function submit(event: FormEvent) {
    event.preventDefault();
    setSubmitted(true);
    const { money } = readMoneyText(value, limits);
    // A double click asks twice with one key, so that money leaves once.
    if (money !== null) setDraft({ money, idempotencyKey: crypto.randomUUID() });
  }
  async function confirm() {
    if (draft === null) return;
    setDraft(null);
    try {
      await onWithdraw(draft);
      setValue({ ...value, text: '' });
      setSubmitted(false);
    } catch {
      // The mutation holds the error, which is shown below.
    }
  }
  return (
    <form onSubmit={submit} aria-label={t('withdraw.title')} noValidate>
      <Stack gap="md" maw={520}>
        <MoneyInput
          label={t('withdraw.amount')}
          description={t('withdraw.available', {
            money: format.money(balances[value.asset].available),
          })}
          value={value}
          onChange={setValue}
          limits={limits}
          most={balances[value.asset].available}
          submitted={submitted}
        />
        <dl className="facts">
          <div>
            <dt>{t('withdraw.to')}</dt>
            <dd>
              <ExplorerLink kind="address" value={wallet} />
            </dd>
          </div>
          <div>
            <dt>{t('withdraw.fee')}</dt>
            <dd>{t('withdraw.feeText')}</dd>
          </div>
        </dl>
        {error !== null && <ErrorView error={error} />}
        <Group>
          <Button type="submit" loading={pending}>
            {t('withdraw.submit')}
          </Button>
          <Text size="sm" c="dimmed">
            {t('withdraw.ownWallet')}
          </Text>
        </Group>
      </Stack>
      <TypedConfirm
        opened={draft !== null}
        title={t('withdraw.confirmTitle')}
        text={
          draft === null
            ? ''
            : t('withdraw.confirmText', { money: format.money(draft.money), wallet })
        }
        expected={draft?.money.amount ?? ''}
        confirm={t('withdraw.confirm')}
        onConfirm={() => void confirm()}
        onClose={() => setDraft(null)}
      />
    </form>
  );
}
