import { Alert, Card } from '@mantine/core';
import type { WebhookView } from '@node3/shared/routes/webhooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { RelativeTime } from '../../parts/relative-time.tsx';
import '../wallet/wallet.css';

export function WebhookFacts({ webhook }: { webhook: WebhookView }) {
  const { t } = useTranslation();
  const { url, types, description, reason, failingSince, oldSecretUntil, createdAt } = webhook;
  return (
    <Card withBorder>
      {reason !== null && (
        <Alert
          color="orange"
          variant="light"
          mb="md"
          icon={<IconAlertTriangle aria-hidden />}
          title={t('webhooks.whyPaused')}
        >
          {reason}
        </Alert>
      )}
      <dl className="facts intent-facts">
        <Fact label={t('webhooks.url')}>
          <span className="mono break">{url}</span>
        </Fact>
        <Fact label={t('webhooks.events')}>{types?.join(', ') ?? t('webhooks.allEvents')}</Fact>
        {description !== null && (
          <Fact label={t('webhooks.description')}>
            <span className="break">{description}</span>
          </Fact>
        )}
        {failingSince !== null && (
          <Fact label={t('webhooks.failingSince')}>
            <RelativeTime at={failingSince} />
          </Fact>
        )}
        {oldSecretUntil !== null && (
          <Fact label={t('webhooks.oldSecret')}>{t('webhooks.oldSecretText')}</Fact>
        )}
        <Fact label={t('webhooks.created')}>
          <RelativeTime at={createdAt} />
        </Fact>
      </dl>
    </Card>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
