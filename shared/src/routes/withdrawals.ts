import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import {
  id,
  MoneySchema,
  nullable,
  oneOf,
  strictObject,
  Timestamp,
  WalletAddress,
} from '../schema.ts';
import { payoutStates } from '../settlement-state.ts';

export const Withdrawal = strictObject({
  withdrawalId: id('payout'),
  money: MoneySchema,
  wallet: WalletAddress,
  state: oneOf(payoutStates),
  holdReason: nullable(Type.String({ description: 'Why it needs a person before it can be paid' })),
  waitReason: nullable(Type.String({ description: 'Why it has not left yet' })),
  signature: nullable(Type.String()),
  explorerUrl: nullable(Type.String()),
  createdAt: Timestamp,
  finalizedAt: nullable(Timestamp),
});
export type Withdrawal = Static<typeof Withdrawal>;

const params = strictObject({ withdrawalId: id('payout') });

/** Send an Idempotency-Key: the same key and amount again answer the first withdrawal. */
export const createWithdrawal = {
  method: 'POST',
  url: '/api/v1/withdrawals',
  summary: 'Pay available money out to the wallet of your account',
  audience: 'requester',
  tag: 'withdrawals',
  schema: {
    body: strictObject({ money: MoneySchema }),
    response: { 201: Withdrawal },
  },
} as const satisfies RouteContract;

export const listWithdrawals = {
  method: 'GET',
  url: '/api/v1/withdrawals',
  summary: 'Your withdrawals, newest first',
  audience: 'requester',
  tag: 'withdrawals',
  schema: {
    querystring: strictObject({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
      cursor: Type.Optional(Type.String({ maxLength: 64 })),
    }),
    response: {
      200: strictObject({ data: Type.Array(Withdrawal), nextCursor: nullable(Type.String()) }),
    },
  },
} as const satisfies RouteContract;

export const getWithdrawal = {
  method: 'GET',
  url: '/api/v1/withdrawals/:withdrawalId',
  summary: 'One withdrawal',
  audience: 'requester',
  tag: 'withdrawals',
  etag: 'read',
  schema: { params, response: { 200: Withdrawal } },
} as const satisfies RouteContract;

export const cancelWithdrawal = {
  method: 'POST',
  url: '/api/v1/withdrawals/:withdrawalId/cancel',
  summary: 'Take a withdrawal back while it is due or held',
  audience: 'requester',
  tag: 'withdrawals',
  schema: { params, response: { 200: Withdrawal } },
} as const satisfies RouteContract;
