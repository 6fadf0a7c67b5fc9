import { Divider, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { canSignIn } from '../../wallet/solana-wallet.ts';
import { useWallets } from '../../wallet/use-wallets.ts';
import { KeyForm } from './key-form.tsx';
import { WalletButtons } from './wallet-buttons.tsx';

/** The two ways in: a wallet of this browser, or an API key. */
export function SignInForm() {
  const { t } = useTranslation();
  const wallets = useWallets().filter(canSignIn);
  return (
    <Stack gap="md">
      <Text c="dimmed" size="sm">
        {t('signIn.text')}
      </Text>
      {wallets.length === 0 ? (
        <Text size="sm">{t('signIn.noWallet')}</Text>
      ) : (
        <WalletButtons wallets={wallets} />
      )}
      <Divider label={t('signIn.or')} />
      <KeyForm />
    </Stack>
  );
}
