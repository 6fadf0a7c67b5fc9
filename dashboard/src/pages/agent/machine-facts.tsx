import { Group } from '@mantine/core';
import type { AgentStatus } from '@node3/shared/routes/agent-local';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { shorten } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { CopyText } from '../../parts/copy-text.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { UptimeFacts } from '../../parts/uptime-facts.tsx';
import { publicAgentQuery } from '../../queries/market.ts';

/** It changes by the minute at most. */
const uptimeEveryMs = 300_000;

export function MachineFacts({ status }: { status: AgentStatus }) {
  return (
    <>
      <WalletCard status={status} />
      <AgentCard status={status} />
    </>
  );
}

function WalletCard({ status }: { status: AgentStatus }) {
  const { t } = useTranslation();
  const format = useFormat();
  const balance = (money: AgentStatus['balances']['SOL']) =>
    money === null ? t('state.unknown') : format.money(money);
  return (
    <SectionCard title={t('wallet.title')} description={t('wallet.description')}>
      <dl className="facts">
        <dt>{t('wallet.address')}</dt>
        <dd>
          <Group gap={2} wrap="nowrap" justify="flex-end">
            <span className="mono" title={status.wallet}>
              {shorten(status.wallet, 6, 6)}
            </span>
            <CopyText value={status.wallet} label={t('payout.copyWallet')} />
          </Group>
        </dd>
        <dt>SOL</dt>
        <dd>{balance(status.balances.SOL)}</dd>
        <dt>USDC</dt>
        <dd>{balance(status.balances.USDC)}</dd>
      </dl>
      <Link to="/wallet" className="plain-link">
        {t('wallet.all')}
      </Link>
    </SectionCard>
  );
}

function AgentCard({ status }: { status: AgentStatus }) {
  const { t } = useTranslation();
  const { executor } = status;
  return (
    <SectionCard title={t('machine.title')}>
      <dl className="facts">
        <dt>{t('machine.agentId')}</dt>
        <dd className="mono">
          {status.agentId === null ? t('machine.notRegistered') : shorten(status.agentId, 8, 5)}
        </dd>
        <dt>{t('machine.executor')}</dt>
        <dd>
          {executor.available ? executor.name : t('machine.missing', { name: executor.name })}
        </dd>
        <dt>{t('machine.isolation')}</dt>
        <dd>{executor.isolation ?? t('state.unknown')}</dd>
        <dt>{t('machine.marketplace')}</dt>
        <dd className="break">{status.marketplaceUrl}</dd>
        <dt>{t('machine.version')}</dt>
        <dd>{status.version}</dd>
        <dt>{t('machine.started')}</dt>
        <dd>
          <RelativeTime at={status.startedAt} />
        </dd>
        {status.agentId !== null && <Uptime agentId={status.agentId} />}
      </dl>
      {Object.keys(executor.facts).length > 0 && (
        <details className="more-facts">
          <summary>{t('machine.facts')}</summary>
          <dl className="facts">
            {Object.entries(executor.facts).map(([name, value]) => (
              <div key={name} className="facts-row">
                <dt>{name}</dt>
                <dd className="break">{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </SectionCard>
  );
}

/** As the marketplace heard it, and as it shows it to everybody. */
function Uptime({ agentId }: { agentId: string }) {
  const { data } = useQuery({
    ...publicAgentQuery(useApp(), agentId),
    refetchInterval: uptimeEveryMs,
  });
  return <UptimeFacts uptime={data?.uptime ?? null} />;
}
