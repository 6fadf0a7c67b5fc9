import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { isMarketError } from '@node3/shared/error';
import type { DepositIntent } from '@node3/shared/routes/deposits';
import { IconAlertTriangle, IconWallet } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { connectWallet, preferWallet } from '../../wallet/connect-wallet.ts';
import { useWalletProblem } from '../../wallet/use-wallet-problem.ts';
import { useWallets } from '../../wallet/use-wallets.ts';
import { payIntent } from './pay-intent.ts';

interface PayWithWalletProps {
  intent: DepositIntent;
  /** The wallet of the account. */
  wallet: string;
  onSent: (signature: string) => void;
}

/** Pays a link with the wallet of this browser, which signs what the marketplace built. */
export function PayWithWallet({ intent, wallet, onSent }: PayWithWalletProps) {
  const { t } = useTranslation();
  const app = useApp();
  const wallets = useWallets();
  const describe = usePayProblem();
  const pay = useMutation({
    async mutationFn() {
      const { cluster } = app.config;
      if (cluster === null) throw new Error(t('deposit.problem.chain'));
      const known = preferWallet(wallets, app.session.walletSession()?.walletName ?? null);
      const connected = await connectWallet(known, { address: wallet, cluster });
      return payIntent(app.client, connected, intent);
    },
    onSuccess: ({ signature }) => onSent(signature),
  });
  if (intent.amount === null) {
    return (
      <Text size="sm" c="dimmed">
        {t('deposit.amountForWallet')}
      </Text>
    );
  }
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Button
          onClick={() => pay.mutate()}
          loading={pay.isPending}
          disabled={pay.isSuccess}
          leftSection={<IconWallet size={17} aria-hidden />}
        >
          {t('deposit.pay')}
        </Button>
        <Text size="sm" c="dimmed">
          {t(
            pay.isSuccess ? 'deposit.sent' : pay.isPending ? 'deposit.signing' : 'deposit.payText',
          )}
        </Text>
      </Group>
      {pay.error !== null && (
        <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} role="alert">
          {describe(pay.error)}
        </Alert>
      )}
    </Stack>
  );
}

/** Each way in which a payment does not happen has words of its own. */
function usePayProblem(): (error: unknown) => string {
  const { t } = useTranslation();
  const describeWallet = useWalletProblem();
  return (error) => {
    if (isMarketError(error, 'WALLET_FUNDS_INSUFFICIENT')) {
      const { missing, asset, balance } = error.context;
      return t('deposit.problem.funds', {
        missing: `${String(missing)} ${String(asset)}`,
        balance: `${String(balance)} ${String(asset)}`,
      });
    }
    if (isMarketError(error, 'CHAIN_UNAVAILABLE')) return t('deposit.problem.chain');
    if (isMarketError(error, 'TRANSACTION_EXPIRED')) return t('deposit.problem.expired');
    if (isMarketError(error, 'TRANSACTION_FOREIGN')) return t('deposit.problem.foreign');
    return describeWallet(error);
  };
}
