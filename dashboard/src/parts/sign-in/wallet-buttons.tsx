import { Alert, Button, Stack } from '@mantine/core';
import { createClient } from '@node3/shared/client';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { signInWithWallet } from '../../wallet/sign-in.ts';
import type { AnyWallet } from '../../wallet/solana-wallet.ts';
import { useWalletProblem } from '../../wallet/use-wallet-problem.ts';

/** Signs in with a wallet of this browser: it shows a text, its owner signs, a session opens. */
export function WalletButtons({ wallets }: { wallets: readonly AnyWallet[] }) {
  const { t } = useTranslation();
  const { session, fetch } = useApp();
  const describe = useWalletProblem();
  const signIn = useMutation({
    mutationFn: (wallet: AnyWallet) =>
      signInWithWallet(createClient({ baseUrl: '', fetch }), wallet),
    onSuccess: (opened, wallet) => {
      const { sessionId } = opened.session;
      session.signInByWallet({ sessionId, walletName: wallet.name });
    },
  });
  const waitsFor = signIn.isPending ? signIn.variables.name : null;
  return (
    <Stack gap="xs">
      {wallets.map((wallet) => (
        <Button
          key={wallet.name}
          onClick={() => signIn.mutate(wallet)}
          loading={waitsFor === wallet.name}
          disabled={waitsFor !== null && waitsFor !== wallet.name}
          leftSection={<img src={wallet.icon} width={18} height={18} alt="" />}
          fullWidth
        >
          {t('signIn.withWallet', { wallet: wallet.name })}
        </Button>
      ))}
      {waitsFor !== null && (
        <Alert color="blue" variant="light" role="status">
          {t('signIn.waiting', { wallet: waitsFor })}
        </Alert>
      )}
      {signIn.error !== null && (
        <Alert color="red" variant="light" role="alert">
          {describe(signIn.error)}
        </Alert>
      )}
    </Stack>
  );
}
