import { Alert, Button, Group, SimpleGrid } from '@mantine/core';
import {
  type AdminAccountDetail,
  getAdminAccount,
  restoreAccount,
  suspendAccount,
} from '@node3/shared/routes/admin-accounts';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { unknownMark } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { QueryView } from '../../parts/query-view.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { operatorQuery } from '../../queries/operator.ts';
import { curlLine } from '../../shell-command.ts';
import { AccountJobs } from './accounts/account-jobs.tsx';
import { AccountKeys } from './accounts/account-keys.tsx';
import { AccountUsage } from './accounts/account-usage.tsx';
import { ActDialog } from './shared/act-dialog.tsx';
import { OperatorPage } from './shared/operator-page.tsx';
import { useOperate } from './shared/use-operate.ts';

const route = getRouteApi('/admin/accounts/$accountId');

/** One account: what it has, runs and used, and what the operator may do to it. */
export function AccountDetailPage() {
  const { t } = useTranslation();
  const { accountId } = route.useParams();
  const query = useQuery(operatorQuery(useApp(), getAdminAccount, { params: { accountId } }));
  const path = `/api/v1/admin/accounts/${accountId}`;
  return (
    <OperatorPage
      title={query.data?.name ?? t('op.accounts.unnamed')}
      subtitle={<span className="mono break">{accountId}</span>}
      lines={[
        { label: 'CLI', text: `node3 api GET ${path}` },
        { label: 'curl', text: curlLine({ url: `${location.origin}${path}` }) },
      ]}
    >
      {() => (
        <QueryView query={query} lines={8}>
          {(account) => (
            <>
              <Suspension account={account} />
              <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
                <Facts account={account} />
                <AccountJobs account={account} />
              </SimpleGrid>
              <AccountUsage accountId={accountId} />
              <AccountKeys account={account} />
            </>
          )}
        </QueryView>
      )}
    </OperatorPage>
  );
}

function Suspension({ account }: { account: AdminAccountDetail }) {
  const { t } = useTranslation();
  const { operate, isBusy } = useOperate();
  const [asked, setAsked] = useState(false);
  const { accountId, suspension } = account;
  const action = suspension === null ? 'suspend' : 'restore';
  return (
    <>
      {suspension !== null && (
        <Alert color="red" variant="light" title={t('op.account.suspended')}>
          {suspension.reason} · <RelativeTime at={suspension.since} />
        </Alert>
      )}
      <Group>
        <Button size="xs" variant="default" disabled={isBusy} onClick={() => setAsked(true)}>
          {t(`op.account.${action}`)}
        </Button>
      </Group>
      <ActDialog
        act={
          asked
            ? {
                title: t(`op.account.${action}.title`),
                text: t(`op.account.${action}.text`),
                confirm: t(`op.account.${action}`),
                color: action === 'suspend' ? 'red' : 'indigo',
                reason: 'required',
              }
            : null
        }
        onClose={() => setAsked(false)}
        onConfirm={(reason) =>
          operate(async (client) => {
            const contract = action === 'suspend' ? suspendAccount : restoreAccount;
            await client.call(contract, { params: { accountId }, body: { reason: reason ?? '' } });
            return t(`op.account.${action}.done`);
          })
        }
      />
    </>
  );
}

function Facts({ account }: { account: AdminAccountDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { SOL, USDC } = account.balances;
  return (
    <SectionCard title={t('op.account.money')}>
      <dl className="facts">
        <dt>{t('op.agent.wallet')}</dt>
        <dd className="mono break">{account.wallet ?? unknownMark}</dd>
        <dt>{t('op.accounts.available')}</dt>
        <dd>
          {format.money(SOL.available)}, {format.money(USDC.available)}
        </dd>
        <dt>{t('op.account.held')}</dt>
        <dd>
          {format.money(SOL.held)}, {format.money(USDC.held)}
        </dd>
        <dt>{t('op.accounts.created')}</dt>
        <dd>
          <RelativeTime at={account.createdAt} />
        </dd>
      </dl>
    </SectionCard>
  );
}
