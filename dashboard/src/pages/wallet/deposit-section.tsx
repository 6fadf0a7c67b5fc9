import { Stack } from '@mantine/core';
import type { Account } from '@node3/shared/routes/accounts';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { usePollMs } from '../../live/use-stream.ts';
import { QueryView } from '../../parts/query-view.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { depositIntentQuery } from '../../queries/wallet.ts';
import { ClaimForm } from './claim-form.tsx';
import { DepositCommands } from './deposit-commands.tsx';
import { DepositForm } from './deposit-form.tsx';
import { IntentView } from './intent-view.tsx';

const route = getRouteApi('/wallet');

/** Money in: by a link for any wallet, with the wallet of this browser, or by hand. */
export function DepositSection({ account }: { account: Account }) {
  const { t } = useTranslation();
  const { intent } = route.useSearch();
  return (
    <Stack gap="lg">
      <SectionCard title={t('deposit.title')} description={t('deposit.text')}>
        {intent === undefined ? (
          <DepositForm />
        ) : (
          <OpenIntent intentId={intent} wallet={account.wallet} />
        )}
      </SectionCard>
      <SectionCard title={t('claim.title')} description={t('claim.text')}>
        <ClaimForm />
      </SectionCard>
    </Stack>
  );
}

function OpenIntent({ intentId, wallet }: { intentId: string; wallet: string | null }) {
  const query = useQuery({
    ...depositIntentQuery(useApp(), intentId),
    refetchInterval: usePollMs(),
  });
  return (
    <QueryView query={query} lines={6}>
      {(intent) => (
        <Stack gap="lg">
          <IntentView intent={intent} wallet={wallet} />
          <DepositCommands asset={intent.asset} amount={intent.amount?.amount ?? null} />
        </Stack>
      )}
    </QueryView>
  );
}
