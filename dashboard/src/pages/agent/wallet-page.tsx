import { Group, SimpleGrid, Stack, Text } from '@mantine/core';
import type { LocalWallet } from '@node3/shared/routes/agent-money';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { CommandLines } from '../../parts/command-lines.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { localWalletQuery } from '../../queries/provider.ts';
import { AgentGate } from './agent-gate.tsx';
import { PayoutTable } from './payout-table.tsx';

/** Where the provider is paid, what lies there by the chain's word, and every payout to it. */
export function WalletPage() {
  const { t } = useTranslation();
  const wallet = useQuery(localWalletQuery(useApp()));
  return (
    <>
      <PageHeading title={t('walletPage.title')} subtitle={t('wallet.description')} />
      <AgentGate query={wallet}>{(data) => <WalletView wallet={data} />}</AgentGate>
    </>
  );
}

function WalletView({ wallet }: { wallet: LocalWallet }) {
  const { t } = useTranslation();
  return (
    <Stack gap="lg">
      <SectionCard title={t('wallet.address')}>
        <Group gap="xs" wrap="nowrap">
          <Text className="mono break" size="sm">
            {wallet.address}
          </Text>
          <CopyText value={wallet.address} label={t('payout.copyWallet')} />
        </Group>
      </SectionCard>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Balance wallet={wallet} asset="SOL" />
        <Balance wallet={wallet} asset="USDC" />
      </SimpleGrid>
      <SectionCard
        title={t('payouts.title')}
        description={t('payouts.text')}
        padding="flush"
        aside={
          wallet.payoutsAsOf !== null && (
            <Text size="xs" c="dimmed">
              {t('earnings.asOf')} <RelativeTime at={wallet.payoutsAsOf} />
            </Text>
          )
        }
      >
        {wallet.payouts === null ? (
          <Text size="sm" c="dimmed" p="md">
            {t('earnings.unknownText')}
          </Text>
        ) : (
          <PayoutTable payouts={wallet.payouts} />
        )}
      </SectionCard>
      <CommandLines
        lines={[
          { label: 'CLI', text: 'node3 agent earnings' },
          { label: 'curl', text: `curl -H "$AGENT_AUTH" ${location.origin}/api/v1/local/wallet` },
        ]}
      />
    </Stack>
  );
}

function Balance({ wallet, asset }: { wallet: LocalWallet; asset: 'SOL' | 'USDC' }) {
  const { t } = useTranslation();
  const format = useFormat();
  const balance = wallet.balances[asset];
  return (
    <SectionCard title={asset}>
      {balance === null ? (
        <>
          <Text fw={650} size="lg" className="unknown">
            {t('state.unknown')}
          </Text>
          <Text size="xs" c="dimmed">
            {t(wallet.hasRpc ? 'walletPage.unread' : 'walletPage.noRpc')}
          </Text>
        </>
      ) : (
        <>
          <Text fw={650} size="lg" className="nowrap">
            {format.money(balance.money)}
          </Text>
          <Text size="xs" c="dimmed">
            {t('walletPage.onChain')} · <RelativeTime at={balance.readAt} />
          </Text>
        </>
      )}
    </SectionCard>
  );
}
