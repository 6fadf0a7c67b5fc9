import { Button, Group } from '@mantine/core';
import {
  changeWebhook,
  deleteWebhook,
  rotateWebhookSecret,
  testWebhook,
  type WebhookView,
} from '@node3/shared/routes/webhooks';
import { IconKey, IconPlayerPause, IconPlayerPlay, IconSend, IconTrash } from '@tabler/icons-react';
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { TypedConfirm } from '../../parts/typed-confirm.tsx';
import { useNotice } from '../../parts/use-notice.tsx';
import { ReplayRange } from './replay-range.tsx';
import { ShownSecret } from './shown-secret.tsx';

/** What its owner can do with a webhook. */
export function WebhookActions({ webhook }: { webhook: WebhookView }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<'rotate' | 'delete' | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const actions = useWebhookActions(webhook, setSecret);
  const isEnabled = webhook.state === 'enabled';
  return (
    <Group gap="sm">
      <ActionButton
        icon={<IconSend size={16} aria-hidden />}
        action={actions.test}
        isDisabled={!isEnabled}
      >
        {t('webhooks.test')}
      </ActionButton>
      <ActionButton
        icon={
          isEnabled ? (
            <IconPlayerPause size={16} aria-hidden />
          ) : (
            <IconPlayerPlay size={16} aria-hidden />
          )
        }
        action={actions.toggle}
      >
        {t(isEnabled ? 'webhooks.pause' : 'webhooks.resume')}
      </ActionButton>
      <ReplayRange webhookId={webhook.webhookId} isDisabled={!isEnabled} />
      <Button
        variant="default"
        leftSection={<IconKey size={16} aria-hidden />}
        onClick={() => setAsked('rotate')}
      >
        {t('webhooks.rotate')}
      </Button>
      <Button
        variant="default"
        leftSection={<IconTrash size={16} aria-hidden />}
        onClick={() => setAsked('delete')}
      >
        {t('webhooks.delete')}
      </Button>
      <ConfirmDialog
        opened={asked === 'rotate'}
        title={t('webhooks.rotateTitle')}
        text={t('webhooks.rotateText')}
        confirm={t('webhooks.rotate')}
        color="indigo"
        onConfirm={() => actions.rotate.mutate()}
        onClose={() => setAsked(null)}
      />
      <TypedConfirm
        opened={asked === 'delete'}
        title={t('webhooks.deleteTitle')}
        text={t('webhooks.deleteText')}
        expected={hostOf(webhook.url)}
        confirm={t('webhooks.delete')}
        onConfirm={() => actions.remove.mutate()}
        onClose={() => setAsked(null)}
      />
      {secret !== null && <ShownSecret secret={secret} onClose={() => setSecret(null)} />}
    </Group>
  );
}

interface ActionButtonProps {
  icon: ReactNode;
  action: UseMutationResult<unknown, Error, void>;
  isDisabled?: boolean;
  children: ReactNode;
}

function ActionButton({ icon, action, isDisabled = false, children }: ActionButtonProps) {
  return (
    <Button
      variant="default"
      leftSection={icon}
      loading={action.isPending}
      disabled={isDisabled}
      onClick={() => action.mutate()}
    >
      {children}
    </Button>
  );
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

function useWebhookActions({ webhookId, state }: WebhookView, onSecret: (secret: string) => void) {
  const { t } = useTranslation();
  const { client } = useApp();
  const notify = useNotice();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const params = { webhookId };
  const enabled = state !== 'enabled';
  const after = {
    onError: (error: Error) => notify({ kind: 'failed', error }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['own', 'webhooks'] }),
  };
  return {
    test: useMutation({
      mutationFn: () => client.call(testWebhook, { params }),
      onSuccess: () => notify({ kind: 'done', message: t('webhooks.tested') }),
      ...after,
    }),
    toggle: useMutation({
      mutationFn: () => client.call(changeWebhook, { params, body: { enabled } }),
      ...after,
    }),
    rotate: useMutation({
      mutationFn: () => client.call(rotateWebhookSecret, { params }),
      onSuccess: ({ secret }) => onSecret(secret),
      ...after,
    }),
    remove: useMutation({
      mutationFn: () => client.call(deleteWebhook, { params }),
      onSuccess: () => navigate({ to: '/webhooks' }),
      ...after,
    }),
  };
}
