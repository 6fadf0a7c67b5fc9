import { Alert, Button, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { assets } from '@node3/shared/money';
import type { AccountCapsByAsset } from '@node3/shared/routes/caps';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { noLimits, readMoneyText } from '../../parts/money-input/money-text.ts';
import { useNotice } from '../../parts/use-notice.ts';
import { changeCaps } from '../../queries/usage.ts';
import { connectWallet, preferWallet } from '../../wallet/connect-wallet.ts';
import { useWalletProblem } from '../../wallet/use-wallet-problem.ts';
import { useWallets } from '../../wallet/use-wallets.ts';
import { capKinds } from './cap-lines.ts';

interface CapsFormProps {
  caps: AccountCapsByAsset;
  /** Signs the change; null: an account without one changes its caps with the operator's key. */
  wallet: string | null;
}

/** The caps of the account. Empty is no limit. */
export function CapsForm({ caps, wallet }: CapsFormProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(caps);
  const save = useSaveCaps(wallet);
  const describe = useWalletProblem();
  const problems = assets.flatMap((asset) =>
    capKinds.filter((kind) => isWrong(draft[asset][kind], asset)),
  );
  function submit(event: FormEvent) {
    event.preventDefault();
    if (problems.length === 0) save.mutate(draft);
  }
  return (
    <form onSubmit={submit} aria-label={t('caps.change')} noValidate>
      <Stack gap="md">
        {assets.map((asset) => (
          <SimpleGrid key={asset} cols={{ base: 1, sm: 3 }} spacing="sm">
            {capKinds.map((kind) => (
              <TextInput
                key={kind}
                label={t('caps.field', { kind: t(`caps.kind.${kind}`), asset })}
                placeholder={t('caps.none')}
                value={draft[asset][kind] ?? ''}
                onChange={(event) => {
                  const text = event.currentTarget.value.trim();
                  const value = text === '' ? null : text;
                  setDraft({ ...draft, [asset]: { ...draft[asset], [kind]: value } });
                }}
                error={isWrong(draft[asset][kind], asset) ? t('caps.form') : null}
                inputMode="decimal"
                autoComplete="off"
                maxLength={32}
              />
            ))}
          </SimpleGrid>
        ))}
        {save.error !== null && (
          <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} role="alert">
            {describe(save.error)}
          </Alert>
        )}
        <Group gap="sm">
          <Button type="submit" loading={save.isPending} disabled={wallet === null}>
            {t('caps.save')}
          </Button>
          <Text size="sm" c="dimmed">
            {t(wallet === null ? 'caps.noWallet' : 'caps.signs')}
          </Text>
        </Group>
      </Stack>
    </form>
  );
}

/** 0 is a cap as well: nothing may be spent. */
function isWrong(text: string | null, asset: 'SOL' | 'USDC'): boolean {
  if (text === null) return false;
  const { problem } = readMoneyText({ text, asset }, noLimits);
  return problem !== null && problem.kind !== 'zero';
}

function useSaveCaps(wallet: string | null) {
  const { t } = useTranslation();
  const app = useApp();
  const wallets = useWallets();
  const notify = useNotice();
  const queryClient = useQueryClient();
  return useMutation({
    async mutationFn(caps: AccountCapsByAsset) {
      const { cluster } = app.config;
      if (cluster === null || wallet === null) throw new Error(t('caps.noWallet'));
      const known = preferWallet(wallets, app.session.walletSession()?.walletName ?? null);
      return changeCaps(app, await connectWallet(known, { address: wallet, cluster }), caps);
    },
    onSuccess(changed) {
      queryClient.setQueryData(['own', 'caps'], changed);
      notify({ kind: 'done', message: t('caps.saved') });
    },
  });
}
