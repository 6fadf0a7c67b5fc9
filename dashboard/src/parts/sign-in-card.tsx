import { Alert, Card, Divider, Stack, Text, Title } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { canSignIn } from '../wallet/solana-wallet.ts';
import { useWallets } from '../wallet/use-wallets.ts';
import { KeyForm } from './sign-in/key-form.tsx';
import { WalletButtons } from './sign-in/wallet-buttons.tsx';

interface SignInCardProps {
  /** What this tab was signed in with, if it is no longer accepted. */
  ended: 'key' | 'session' | null;
}

/** The two ways in: a wallet of this browser, or an API key. */
export function SignInCard({ ended }: SignInCardProps) {
  const { t } = useTranslation();
  const wallets = useWallets().filter(canSignIn);
  return (
    <Card withBorder maw={480} mx="auto" mt={{ base: 'md', sm: 48 }} padding="xl">
      <Stack gap="md">
        <div className="empty-icon">
          <IconKey size={24} stroke={1.5} aria-hidden />
        </div>
        <div>
          <Title order={2} size="h1">
            {t('signIn.title')}
          </Title>
          <Text c="dimmed" size="sm" mt={4}>
            {t('signIn.text')}
          </Text>
        </div>
        {ended !== null && (
          <Alert color="orange" variant="light" role="alert">
            {t(ended === 'key' ? 'signIn.refused' : 'signIn.sessionEnded')}
          </Alert>
        )}
        {wallets.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t('signIn.noWallet')}
          </Text>
        ) : (
          <WalletButtons wallets={wallets} />
        )}
        <Divider label={t('signIn.or')} />
        <KeyForm />
      </Stack>
    </Card>
  );
}
