import { Button, Group, Modal, MultiSelect, Stack, TextInput } from '@mantine/core';
import type { ReplyOf } from '@node3/shared/contract';
import { isMarketError } from '@node3/shared/error';
import { createWebhook } from '@node3/shared/routes/webhooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { ErrorView } from '../../parts/error-view.tsx';
import { ErrorWords } from '../../parts/error-words.tsx';
import { eventChoices } from './event-choices.ts';

interface CreateWebhookProps {
  opened: boolean;
  onClose: () => void;
  onCreated: (webhook: ReplyOf<typeof createWebhook>) => void;
}

/** Asks where events are to be sent, and which. */
export function CreateWebhook(props: CreateWebhookProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={t('webhooks.new')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <WebhookForm {...props} />
    </Modal>
  );
}

function WebhookForm({ onCreated }: CreateWebhookProps) {
  const { t } = useTranslation();
  const { client } = useApp();
  const queryClient = useQueryClient();
  const [url, setUrl] = useState('');
  const [types, setTypes] = useState<string[]>([]);
  const [description, setDescription] = useState('');
  const create = useMutation({
    mutationFn: () => {
      const body = {
        url: url.trim(),
        types: types.length === 0 ? null : types,
        description: description.trim() === '' ? null : description.trim(),
      };
      return client.call(createWebhook, { body });
    },
    async onSuccess(webhook) {
      onCreated(webhook);
      await queryClient.invalidateQueries({ queryKey: ['own', 'webhooks'] });
    },
  });
  // Where a URL may not lead is the address's fault, so it is said there.
  const refused = isMarketError(create.error, 'URL_FORBIDDEN') ? create.error : null;
  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate();
  }
  return (
    <form onSubmit={submit} aria-label={t('webhooks.new')}>
      <Stack gap="md">
        <TextInput
          label={t('webhooks.url')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          description={t('webhooks.urlText')}
          placeholder="https://you.example/node3"
          type="url"
          required
          withAsterisk={false}
          maxLength={2_048}
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          error={refused !== null && <ErrorWords error={refused} />}
          data-autofocus
        />
        <MultiSelect
          label={t('webhooks.events')}
          placeholder={types.length === 0 ? t('webhooks.allEvents') : ''}
          data={eventChoices}
          value={types}
          onChange={setTypes}
          maxValues={32}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': t('webhooks.clearEvents') }}
        />
        <TextInput
          label={t('webhooks.description')}
          maxLength={256}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        {create.error !== null && refused === null && <ErrorView error={create.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={create.isPending}>
            {t('webhooks.create')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
