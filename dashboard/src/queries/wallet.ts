import type { Asset } from '@node3/shared/money';
import { getDepositIntent, listIntentPayments } from '@node3/shared/routes/deposits';
import { listStatement, type StatementType } from '@node3/shared/routes/statements';
import { listWithdrawals } from '@node3/shared/routes/withdrawals';
import { queryOptions } from '@tanstack/react-query';
import type { App } from '../app-context.tsx';

/** Under the account's own key, so that news of its money renew all of it. */
export const walletKey = ['own', 'wallet'] as const;
export const statementPageSize = 25;

export interface StatementFilter {
  type?: StatementType | undefined;
  asset?: Asset | undefined;
  cursor?: string | undefined;
}

export function statementQuery({ client }: App, { type, asset, cursor }: StatementFilter) {
  return queryOptions({
    queryKey: [...walletKey, 'statement', type ?? '', asset ?? '', cursor ?? ''],
    queryFn: ({ signal }) => {
      const query = {
        limit: statementPageSize,
        ...(type === undefined ? {} : { type }),
        ...(asset === undefined ? {} : { asset }),
        ...(cursor === undefined ? {} : { cursor }),
      };
      return client.call(listStatement, { query }, { signal });
    },
  });
}

export function withdrawalsQuery({ client }: App, cursor: string | undefined) {
  return queryOptions({
    queryKey: [...walletKey, 'withdrawals', cursor ?? ''],
    queryFn: ({ signal }) => {
      const query = { limit: 10, ...(cursor === undefined ? {} : { cursor }) };
      return client.call(listWithdrawals, { query }, { signal });
    },
  });
}

export function depositIntentQuery({ client }: App, intentId: string) {
  return queryOptions({
    queryKey: [...walletKey, 'intent', intentId],
    queryFn: ({ signal }) => client.call(getDepositIntent, { params: { intentId } }, { signal }),
  });
}

/** Read from the chain each time; `signature` is of a transaction that was sent from here. */
export function intentPaymentsQuery({ client }: App, intentId: string, signature: string | null) {
  return queryOptions({
    queryKey: ['intent-payments', intentId, signature ?? ''],
    queryFn: async ({ signal }) => {
      const query = signature === null ? {} : { signature };
      const args = { params: { intentId }, query };
      return (await client.call(listIntentPayments, args, { signal })).data;
    },
  });
}
