import { Alert, Anchor, Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import type { DepositIntent } from '@node3/shared/routes/deposits';
import { IconCheck, IconClock } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import { CopyText } from '../../parts/copy-text.tsx';
import { ExplorerLink } from '../../parts/explorer-link.tsx';
import { IntentPayments } from './intent-payments.tsx';
import { PayWithWallet } from './pay-with-wallet.tsx';
import './wallet.css';
import { lazyPart } from '../../parts/lazy-part.ts';

const QrCode = lazyPart(async () => (await import('./qr-code.tsx')).QrCode);

/** A payment link: as a code for a phone, as text for anything else, and how far its payment is. */
export function IntentView({ intent, wallet }: { intent: DepositIntent; wallet: string | null }) {
  const { t } = useTranslation();
  const [signature, setSignature] = useState<string | null>(null);
  const { url, state } = intent;
  return (
    <Stack gap="md">
      <div className="intent">
        <div className="intent-code">
          <Suspense fallback={<Skeleton width={208} height={208} />}>
            <QrCode text={url} label={t('deposit.qr')} />
          </Suspense>
        </div>
        <Stack gap="md" miw={0}>
          <IntentFacts intent={intent} />
          {wallet !== null && state !== 'credited' && (
            <PayWithWallet intent={intent} wallet={wallet} onSent={setSignature} />
          )}
        </Stack>
      </div>
      <IntentPayments intent={intent} signature={signature} />
      <IntentState intent={intent} />
      <Group>
        <Button
          variant="default"
          size="xs"
          renderRoot={(props) => <Link to="/wallet" search={{ view: 'deposit' }} {...props} />}
        >
          {t('deposit.another')}
        </Button>
      </Group>
    </Stack>
  );
}

function IntentFacts({ intent }: { intent: DepositIntent }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { amount, asset, treasury, memo, url, expiresAt } = intent;
  return (
    <dl className="facts intent-facts">
      <Fact label={t('deposit.amount')}>
        {amount === null ? t('deposit.anyAmount', { asset }) : format.money(amount)}
      </Fact>
      <Fact label={t('deposit.to')}>
        <ExplorerLink kind="address" value={treasury} />
      </Fact>
      <Fact label={t('deposit.memo')}>
        <span className="mono break">{memo}</span>{' '}
        <CopyText value={memo} label={t('deposit.copyMemo')} />
      </Fact>
      <Fact label={t('deposit.link')}>
        <Anchor href={url} size="sm">
          {t('deposit.openLink')}
        </Anchor>{' '}
        <CopyText value={url} label={t('deposit.copyLink')} />
      </Fact>
      <Fact label={t('deposit.expires')}>{format.time(Date.parse(expiresAt))}</Fact>
    </dl>
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

function IntentState({ intent }: { intent: DepositIntent }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { state, deposits } = intent;
  if (state === 'credited') {
    const credited = deposits.filter((deposit) => deposit.state === 'credited');
    const money = credited.map((deposit) => format.money(deposit.money)).join(', ');
    return (
      <Alert
        color="green"
        variant="light"
        icon={<IconCheck aria-hidden />}
        role="status"
        data-testid="intent-credited"
      >
        {t('deposit.credited', { money })}
      </Alert>
    );
  }
  return (
    <Group gap="xs" role="status">
      <IconClock size={16} aria-hidden className="line-icon" />
      <Text size="sm" c="dimmed">
        {t(state === 'expired' ? 'deposit.expired' : 'deposit.waiting')}
      </Text>
    </Group>
  );
}
