import { Button, Group, Text, TextInput } from '@mantine/core';
import {
  type AdminDeposit,
  assignDeposit,
  listAdminDeposits,
  refundDeposit,
} from '@node3/shared/routes/deposits';
import { IconInbox } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { unknownMark } from '../../../format.ts';
import { useFormat } from '../../../i18n/use-format.ts';
import type { DataColumn } from '../../../parts/data-table/data-column.ts';
import { DataTable } from '../../../parts/data-table.tsx';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { ExplorerLink } from '../../../parts/explorer-link.tsx';
import { QueryView } from '../../../parts/query-view.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { operatorQuery } from '../../../queries/operator.ts';
import { ActDialog } from '../shared/act-dialog.tsx';
import { useOperate } from '../shared/use-operate.ts';

/** Money that came without saying whose it is. */
export function SuspenseDeposits() {
  const { t } = useTranslation();
  const query = useQuery(
    operatorQuery(useApp(), listAdminDeposits, { query: { state: 'suspense', limit: 100 } }),
  );
  const columns = useDepositColumns();
  return (
    <SectionCard title={t('op.suspense.title')} description={t('op.suspense.hint')} padding="flush">
      <QueryView query={query}>
        {({ data }) => (
          <DataTable
            label={t('op.suspense.title')}
            columns={columns}
            rows={data}
            rowId={({ signature, money }) => `${signature} ${money.asset}`}
            empty={<EmptyState icon={IconInbox} title={t('op.suspense.none')} />}
          />
        )}
      </QueryView>
    </SectionCard>
  );
}

function useDepositColumns(): DataColumn<AdminDeposit>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(
    () => [
      {
        id: 'signature',
        title: t('op.payouts.signature'),
        cell: ({ signature, explorerUrl }) => (
          <ExplorerLink kind="transaction" value={signature} url={explorerUrl} />
        ),
      },
      {
        id: 'money',
        title: t('op.payouts.amount'),
        align: 'right',
        cell: ({ money }) => format.money(money),
      },
      {
        id: 'from',
        title: t('op.suspense.from'),
        cell: ({ sourceOwner, suspenseReason }) => (
          <div>
            {sourceOwner === null ? (
              unknownMark
            ) : (
              <ExplorerLink kind="address" value={sourceOwner} />
            )}
            <Text size="xs" c="dimmed">
              {suspenseReason}
            </Text>
          </div>
        ),
      },
      {
        id: 'seen',
        title: t('op.suspense.seen'),
        align: 'right',
        value: ({ seenAt }) => seenAt,
        cell: ({ seenAt }) => <RelativeTime at={seenAt} />,
      },
      { id: 'actions', title: t('op.actions'), cell: (deposit) => <Actions deposit={deposit} /> },
    ],
    [t, format],
  );
}

function Actions({ deposit }: { deposit: AdminDeposit }) {
  const { t } = useTranslation();
  const { operate, isBusy } = useOperate();
  const [accountId, setAccountId] = useState('');
  const [refunds, setRefunds] = useState(false);
  const params = { signature: deposit.signature };
  return (
    <Group gap={6} align="flex-end">
      <TextInput
        size="xs"
        aria-label={t('op.suspense.account')}
        placeholder="acc_…"
        value={accountId}
        maxLength={64}
        onChange={({ currentTarget }) => setAccountId(currentTarget.value.trim())}
      />
      <Button
        size="xs"
        variant="default"
        disabled={isBusy || accountId === ''}
        onClick={() =>
          operate(async (client) => {
            await client.call(assignDeposit, { params, body: { accountId } });
            return t('op.suspense.assigned');
          })
        }
      >
        {t('op.suspense.assign')}
      </Button>
      <Button
        size="xs"
        variant="default"
        disabled={isBusy || deposit.sourceOwner === null}
        onClick={() => setRefunds(true)}
      >
        {t('op.suspense.refund')}
      </Button>
      <ActDialog
        act={
          refunds
            ? {
                title: t('op.suspense.refund.title'),
                text: t('op.suspense.refund.text'),
                confirm: t('op.suspense.refund'),
              }
            : null
        }
        onClose={() => setRefunds(false)}
        onConfirm={() =>
          operate(async (client) => {
            await client.call(refundDeposit, { params });
            return t('op.suspense.refunded');
          })
        }
      />
    </Group>
  );
}
