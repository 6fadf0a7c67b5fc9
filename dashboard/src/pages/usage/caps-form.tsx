import { Alert, Button, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { assets } from '@node3/shared/money';
import type { AccountCapsByAsset } from '@node3/shared/routes/caps';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { isCapText } from '../../parts/money-input/money-text.ts';
import { useNotice } from '../../parts/use-notice.tsx';
import { capsKey, changeCaps } from '../../queries/usage.ts';
import { useOwnerWallet } from '../../wallet/use-owner-wallet.ts';
import { useWalletProblem } from '../../wallet/use-wallet-problem.ts';
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
    capKinds.filter((kind) => !isCapText(draft[asset][kind] ?? '', asset)),
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
                error={!isCapText(draft[asset][kind] ?? '', asset) ? t('caps.form') : null}
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

function useSaveCaps(wallet: string | null) {
  const { t } = useTranslation();
  const app = useApp();
  const connect = useOwnerWallet(wallet);
  const notify = useNotice();
  const queryClient = useQueryClient();
  return useMutation({
    async mutationFn(caps: AccountCapsByAsset) {
      return changeCaps(app, await connect(), caps);
    },
    onSuccess(changed) {
      queryClient.setQueryData(capsKey, changed);
      notify({ kind: 'done', message: t('caps.saved') });
    },
  });
}
