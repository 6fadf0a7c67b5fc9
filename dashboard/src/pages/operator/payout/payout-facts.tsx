import type { PayoutDetail } from '@node3/shared/routes/payouts';
import { useTranslation } from 'react-i18next';
import { ExplorerLink } from '../../../parts/explorer-link.tsx';
import { PageLink } from '../../../parts/page-link.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { PayoutWhy } from '../payments/payout-why.tsx';

export function PayoutFacts({ payout }: { payout: PayoutDetail }) {
  const { t } = useTranslation();
  const { accountId, agentId, jobId, signature } = payout;
  const why = payout.holdReason ?? payout.waitReason;
  return (
    <SectionCard title={t('op.payout.facts')}>
      <dl className="facts">
        {why !== null && (
          <>
            <dt>{t(payout.holdReason === null ? 'op.payout.waits' : 'op.payout.held')}</dt>
            <dd>
              <PayoutWhy payout={payout} />
            </dd>
          </>
        )}
        <dt>{t('op.agent.wallet')}</dt>
        <dd>
          <ExplorerLink kind="address" value={payout.wallet} />
        </dd>
        <dt>{t('op.payouts.signature')}</dt>
        <dd>
          {signature === null ? (
            t('op.payout.unsigned')
          ) : (
            <ExplorerLink kind="transaction" value={signature} url={payout.explorerUrl} />
          )}
        </dd>
        {agentId !== null && (
          <>
            <dt>{t('op.agent.name')}</dt>
            <dd>
              <PageLink to="/admin/fleet/$agentId" params={{ agentId }} className="mono break">
                {agentId}
              </PageLink>
            </dd>
          </>
        )}
        {accountId !== null && (
          <>
            <dt>{t('op.queue.account')}</dt>
            <dd>
              <PageLink
                to="/admin/accounts/$accountId"
                params={{ accountId }}
                className="mono break"
              >
                {accountId}
              </PageLink>
            </dd>
          </>
        )}
        {jobId !== null && (
          <>
            <dt>{t('op.queue.job')}</dt>
            <dd>
              <PageLink to="/admin/queue" search={{ job: jobId }} className="mono break">
                {jobId}
              </PageLink>
            </dd>
          </>
        )}
        <dt>{t('op.payouts.created')}</dt>
        <dd>
          <RelativeTime at={payout.createdAt} />
        </dd>
        <dt>{t('op.payout.finalized')}</dt>
        <dd>
          {payout.finalizedAt === null ? (
            t('op.payout.notYet')
          ) : (
            <RelativeTime at={payout.finalizedAt} />
          )}
        </dd>
      </dl>
    </SectionCard>
  );
}
