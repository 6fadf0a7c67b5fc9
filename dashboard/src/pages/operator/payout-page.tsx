import { SimpleGrid } from '@mantine/core';
import { getPayout } from '@node3/shared/routes/payouts';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { usePollMs } from '../../live/use-stream.ts';
import { PageLink } from '../../parts/page-link.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { PayoutStateBadge } from '../../parts/state-badge.tsx';
import { operatorQuery } from '../../queries/operator.ts';
import { curlLine } from '../../shell-command.ts';
import { PayoutActions } from './payments/payout-actions.tsx';
import { EngineNotice } from './payout/engine-notice.tsx';
import { PayoutBatch } from './payout/payout-batch.tsx';
import { PayoutFacts } from './payout/payout-facts.tsx';
import { PayoutLedger } from './payout/payout-ledger.tsx';
import { OperatorPage } from './shared/operator-page.tsx';

const route = getRouteApi('/admin/payments/$payoutId');

/** One payout: whom it pays, by which transaction, after how many attempts, and what the books say. */
export function PayoutPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { payoutId } = route.useParams();
  const query = useQuery({
    ...operatorQuery(useApp(), getPayout, { params: { payoutId } }),
    refetchInterval: usePollMs(),
  });
  const path = getPayout.url.replace(':payoutId', payoutId);
  const payout = query.data;
  return (
    <OperatorPage
      title={
        payout === undefined
          ? t('op.payouts.payout')
          : t('op.payout.title', {
              kind: t(`op.payouts.kind.${payout.kind}`),
              money: format.money(payout.money),
            })
      }
      mark={payout && <PayoutStateBadge state={payout.state} />}
      subtitle={<span className="mono break">{payoutId}</span>}
      actions={<PageLink to="/admin/payments">{t('op.payout.all')}</PageLink>}
      lines={[
        { label: 'CLI', text: `node3 api GET ${path}` },
        { label: 'curl', text: curlLine({ url: `${location.origin}${path}` }) },
      ]}
    >
      {() => (
        <QueryView query={query} lines={8}>
          {(shown) => (
            <>
              {shown.state === 'due' && <EngineNotice />}
              <PayoutActions payout={shown} />
              <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
                <PayoutFacts payout={shown} />
                <PayoutBatch payout={shown} />
              </SimpleGrid>
              <PayoutLedger payout={shown} />
            </>
          )}
        </QueryView>
      )}
    </OperatorPage>
  );
}
