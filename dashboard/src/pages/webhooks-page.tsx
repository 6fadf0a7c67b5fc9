import { Button, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReplyOf } from '@node3/shared/contract';
import type { createWebhook } from '@node3/shared/routes/webhooks';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PageHeading } from '../parts/page-heading.tsx';
import { RequireSession } from '../parts/require-session.tsx';
import { CreateWebhook } from './webhooks/create-webhook.tsx';
import { ShownSecret } from './webhooks/shown-secret.tsx';
import { VerifySnippet } from './webhooks/verify-snippet.tsx';
import { WebhookList } from './webhooks/webhook-list.tsx';

/** Where events of the account are sent to. */
export function WebhooksPage() {
  const { t } = useTranslation();
  const [opened, form] = useDisclosure(false);
  const [made, setMade] = useState<ReplyOf<typeof createWebhook> | null>(null);
  return (
    <>
      <PageHeading
        title={t('webhooks.title')}
        subtitle={t('webhooks.subtitle')}
        actions={
          <Button leftSection={<IconPlus size={17} aria-hidden />} onClick={form.open}>
            {t('webhooks.new')}
          </Button>
        }
      />
      <RequireSession>
        {() => (
          <Stack gap="lg">
            <WebhookList />
            <VerifySnippet />
            <CreateWebhook
              opened={opened}
              onClose={form.close}
              onCreated={(webhook) => {
                form.close();
                setMade(webhook);
              }}
            />
            {made !== null && <ShownSecret secret={made.secret} onClose={() => setMade(null)} />}
          </Stack>
        )}
      </RequireSession>
    </>
  );
}
