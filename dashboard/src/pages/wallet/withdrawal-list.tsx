import { Button, Table, Text } from '@mantine/core';
import { cancelWithdrawal, type Withdrawal } from '@node3/shared/routes/withdrawals';
import { payoutTransitions } from '@node3/shared/settlement-state';
import { IconArrowUpRight } from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { usePollMs } from '../../live/use-stream.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { ExplorerLink } from '../../parts/explorer-link.tsx';
import { KeysetPaging } from '../../parts/keyset-paging.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { PayoutReasonText } from '../../parts/server-words.tsx';
import { PayoutStateBadge } from '../../parts/state-badge.tsx';
import { useNotice } from '../../parts/use-notice.tsx';
import { withdrawalsQuery } from '../../queries/wallet.ts';

const route = getRouteApi('/wallet');

/** What was asked to be paid out, how far it is, and a way back while there is one. */
export function WithdrawalList() {
  const { t } = useTranslation();
  const { cursor } = route.useSearch();
  const refetchInterval = usePollMs();
  const query = useQuery({
    ...withdrawalsQuery(useApp(), cursor),
    refetchInterval,
    placeholderData: keepPreviousData,
  });
  return (
    <SectionCard title={t('withdraw.list')} padding="flush">
      <QueryView query={query}>
        {({ data, nextCursor }) =>
          data.length === 0 ? (
            <EmptyState icon={IconArrowUpRight} title={t('withdraw.none')} />
          ) : (
            <>
              <Table className="responsive-table" verticalSpacing="xs" horizontalSpacing="md">
                <caption className="visually-hidden">{t('withdraw.list')}</caption>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t('withdraw.amount')}</Table.Th>
                    <Table.Th>{t('withdraw.state')}</Table.Th>
                    <Table.Th>{t('withdraw.transaction')}</Table.Th>
                    <Table.Th className="numeric">{t('withdraw.askedAt')}</Table.Th>
                    <Table.Th>
                      <span className="visually-hidden">{t('withdraw.action')}</span>
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {data.map((withdrawal) => (
                    <WithdrawalRow key={withdrawal.withdrawalId} withdrawal={withdrawal} />
                  ))}
                </Table.Tbody>
              </Table>
              <KeysetPaging cursor={cursor} nextCursor={nextCursor} />
            </>
          )
        }
      </QueryView>
    </SectionCard>
  );
}

function WithdrawalRow({ withdrawal }: { withdrawal: Withdrawal }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { money, state, holdReason, waitReason, signature, explorerUrl, createdAt } = withdrawal;
  const reason = holdReason ?? waitReason;
  return (
    <Table.Tr data-testid="withdrawal">
      <Table.Td data-label={t('withdraw.amount')}>
        <Text component="span" size="sm" fw={500}>
          {format.money(money)}
        </Text>
      </Table.Td>
      <Table.Td data-label={t('withdraw.state')}>
        <div>
          <PayoutStateBadge state={state} />
          {reason !== null && (
            <Text size="xs" c="dimmed" mt={4}>
              <PayoutReasonText reason={reason} />
            </Text>
          )}
        </div>
      </Table.Td>
      <Table.Td data-label={t('withdraw.transaction')}>
        {signature === null ? (
          <Text component="span" size="sm" c="dimmed">
            {t('withdraw.notYet')}
          </Text>
        ) : (
          <ExplorerLink kind="transaction" value={signature} url={explorerUrl} />
        )}
      </Table.Td>
      <Table.Td data-label={t('withdraw.askedAt')} className="numeric">
        <RelativeTime at={createdAt} />
      </Table.Td>
      <Table.Td data-label={t('withdraw.action')} className="numeric">
        {payoutTransitions[state].includes('cancelled') ? (
          <CancelButton withdrawal={withdrawal} />
        ) : (
          <span />
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function CancelButton({ withdrawal }: { withdrawal: Withdrawal }) {
  const { t } = useTranslation();
  const format = useFormat();
  const app = useApp();
  const notify = useNotice();
  const queryClient = useQueryClient();
  const { withdrawalId, money } = withdrawal;
  const cancel = useMutation({
    mutationFn: () => app.client.call(cancelWithdrawal, { params: { withdrawalId } }),
    onSuccess: () =>
      notify({ kind: 'done', message: t('withdraw.cancelled', { money: format.money(money) }) }),
    // Most often it has just left, which the list says.
    onError: (error) => notify({ kind: 'failed', error }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['own'] }),
  });
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={cancel.isPending}
      onClick={() => cancel.mutate()}
    >
      {t('withdraw.cancel')}
    </Button>
  );
}
