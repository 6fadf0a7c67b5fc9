import { Card, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { operatorLimits } from '@node3/shared/operator-limits';
import { type AdminAccount, listAccounts } from '@node3/shared/routes/admin-accounts';
import { IconSearch, IconUsers } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { shorten, unknownMark } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import type { DataColumn } from '../../parts/data-table/data-column.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { KeysetPaging } from '../../parts/keyset-paging.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { operatorQuery } from '../../queries/operator.ts';
import { curlLine } from '../../shell-command.ts';
import { SuspendedBadge } from './accounts/suspended-badge.tsx';
import { OperatorPage } from './shared/operator-page.tsx';

const route = getRouteApi('/admin/accounts');
const pageSize = 25;

/** Accounts with what they have and what they run. */
export function AccountsPage() {
  const { t } = useTranslation();
  return (
    <OperatorPage
      title={t('op.accounts.title')}
      subtitle={t('op.accounts.subtitle')}
      lines={[
        { label: 'CLI', text: `node3 api GET '${listAccounts.url}?search=acme'` },
        { label: 'curl', text: curlLine({ url: `${location.origin}${listAccounts.url}` }) },
      ]}
    >
      {() => <Accounts />}
    </OperatorPage>
  );
}

function Accounts() {
  const { t } = useTranslation();
  const { cursor } = route.useSearch();
  const [typed, setTyped] = useState('');
  const [settled] = useDebouncedValue(typed.trim(), 250);
  const isSearch = settled.length >= operatorLimits.searchCharsMin;
  const query = useQuery({
    ...operatorQuery(useApp(), listAccounts, {
      query: {
        limit: pageSize,
        ...(isSearch ? { search: settled } : cursor === undefined ? {} : { cursor }),
      },
    }),
    placeholderData: keepPreviousData,
  });
  const columns = useAccountColumns();
  return (
    <Card withBorder padding={0}>
      <div className="operator-search">
        <TextInput
          label={t('op.accounts.search')}
          description={t('op.accounts.searchHint', { count: operatorLimits.searchCharsMin })}
          value={typed}
          maxLength={operatorLimits.searchCharsMax}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          leftSection={<IconSearch size={15} aria-hidden />}
        />
      </div>
      <QueryView query={query} lines={6}>
        {(page) => (
          <>
            <DataTable
              label={t('op.accounts.title')}
              columns={columns}
              rows={page.data}
              rowId={({ accountId }) => accountId}
              empty={<EmptyState icon={IconUsers} title={t('op.accounts.none')} />}
            />
            {page.more && (
              <Text size="sm" c="dimmed" p="md">
                {t('op.accounts.more')}
              </Text>
            )}
            {!isSearch && <KeysetPaging cursor={cursor} nextCursor={page.nextCursor} />}
          </>
        )}
      </QueryView>
    </Card>
  );
}

function useAccountColumns(): DataColumn<AdminAccount>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(
    () => [
      {
        id: 'account',
        title: t('op.queue.account'),
        value: ({ name, accountId }) => name ?? accountId,
        cell: ({ accountId, name, suspension }) => (
          <div>
            <Link to="/admin/accounts/$accountId" params={{ accountId }} className="row-link">
              {name ?? t('op.accounts.unnamed')}
            </Link>{' '}
            {suspension !== null && <SuspendedBadge />}
            <Text size="xs" c="dimmed" className="mono">
              {shorten(accountId, 8, 5)}
            </Text>
          </div>
        ),
      },
      {
        id: 'wallet',
        title: t('op.agent.wallet'),
        cell: ({ wallet }) => (
          <span className="mono">{wallet === null ? unknownMark : shorten(wallet, 6, 6)}</span>
        ),
      },
      {
        id: 'available',
        title: t('op.accounts.available'),
        align: 'right',
        cell: ({ balances }) => (
          <>
            <div>{format.money(balances.SOL.available)}</div>
            <div>{format.money(balances.USDC.available)}</div>
          </>
        ),
      },
      {
        id: 'open',
        title: t('op.accounts.openJobs'),
        align: 'right',
        value: ({ openJobs }) => openJobs,
        cell: ({ openJobs }) => format.number(openJobs),
      },
      {
        id: 'created',
        title: t('op.accounts.created'),
        align: 'right',
        value: ({ createdAt }) => createdAt,
        cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
      },
    ],
    [t, format],
  );
}
