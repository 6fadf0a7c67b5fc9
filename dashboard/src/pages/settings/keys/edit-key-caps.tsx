import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { KeyView } from '@node3/shared/routes/keys';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { CommandLines } from '../../../parts/command-lines.tsx';
import { useNotice } from '../../../parts/use-notice.tsx';
import { keysKey } from '../../../queries/access.ts';
import { capsKey, changeKeyCaps } from '../../../queries/usage.ts';
import { useOwnerWallet } from '../../../wallet/use-owner-wallet.ts';
import { useWalletProblem } from '../../../wallet/use-wallet-problem.ts';
import { KeyCapFields } from './key-cap-fields.tsx';
import { type CapDraft, capDraftOf, changedCaps, widensCaps, wrongCaps } from './key-caps.ts';

interface EditKeyCapsProps {
  apiKey: KeyView;
  /** Of the account; null: it has none. */
  wallet: string | null;
  onClose: () => void;
}

/** Changes what a key may spend. The key of this page may lower its own; all else is signed by the wallet. */
export function EditKeyCaps({ apiKey, wallet, onClose }: EditKeyCapsProps) {
  const { t } = useTranslation();
  const describe = useWalletProblem();
  const [draft, setDraft] = useState<CapDraft>(() => capDraftOf(apiKey.caps));
  const wrong = wrongCaps(draft);
  const change = wrong.length > 0 ? {} : changedCaps(apiKey.caps, draft);
  const isSigned = !apiKey.current || widensCaps(apiKey.caps, change);
  const save = useSave({ apiKey, wallet, isSigned, onClose });
  function submit(event: FormEvent) {
    event.preventDefault();
    if (wrong.length > 0) return;
    if (Object.keys(change).length === 0) onClose();
    else save.mutate(change);
  }
  const line = `node3 key caps ${apiKey.keyId} --asset USDC --per-job 5 --per-day 20`;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('keys.capsTitle', { name: apiKey.name ?? t('keys.unnamed') })}
      size="lg"
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <Text size="sm">{t('keys.capsText')}</Text>
          <KeyCapFields caps={draft} wrong={wrong} onChange={setDraft} />
          {save.error !== null && (
            <Alert
              color="red"
              variant="light"
              icon={<IconAlertTriangle aria-hidden />}
              role="alert"
            >
              {describe(save.error)}
            </Alert>
          )}
          <Text size="sm" c="dimmed">
            {t(!isSigned ? 'keys.capsOwn' : wallet === null ? 'caps.noWallet' : 'caps.signs')}
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('action.close')}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={isSigned && wallet === null}>
              {t('caps.save')}
            </Button>
          </Group>
          <CommandLines lines={[{ label: 'CLI', text: line }]} />
        </Stack>
      </form>
    </Modal>
  );
}

function useSave({ apiKey, isSigned, wallet, onClose }: EditKeyCapsProps & { isSigned: boolean }) {
  const { t } = useTranslation();
  const app = useApp();
  const connect = useOwnerWallet(wallet);
  const notify = useNotice();
  const queryClient = useQueryClient();
  return useMutation({
    async mutationFn(caps: ReturnType<typeof changedCaps>) {
      const signer = isSigned ? await connect() : null;
      return changeKeyCaps(app, { keyId: apiKey.keyId, caps, signer });
    },
    onSuccess() {
      void queryClient.invalidateQueries({ queryKey: keysKey });
      void queryClient.invalidateQueries({ queryKey: capsKey });
      notify({ kind: 'done', message: t('caps.saved') });
      onClose();
    },
  });
}
