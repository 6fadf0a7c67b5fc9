import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { limits } from '../limits.ts';
import { id, MoneySchema, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';
import { attemptOutcomes, batchStates } from '../settlement-state.ts';
import { AdminPayout } from './admin.ts';
import { TransactionSignature } from './deposits.ts';
import { LedgerEntry } from './ledger.ts';

export const payoutEngineStates = [
  'stopped',
  'standby',
  'idle',
  'working',
  'waiting',
  'failing',
  'halted',
] as const;
export type PayoutEngineState = (typeof payoutEngineStates)[number];

export const PayoutEngineStatus = strictObject({
  state: oneOf(payoutEngineStates),
  detail: Type.String({ description: 'One sentence: what it does, or what it waits for' }),
  warning: nullable(
    Type.String({ description: 'What will stop payouts soon unless the operator acts' }),
  ),
  stopped: nullable(
    Type.String({ description: 'Why the operator stopped payouts; null while they may go' }),
  ),
  openBatches: Type.Integer({ description: 'Transactions on their way' }),
  lastStepAt: nullable(Timestamp),
  payouts: Type.Record(Type.String(), Type.Integer({ description: 'Count per payout state' })),
  pending: strictObject({ SOL: MoneySchema, USDC: MoneySchema }),
});
export type PayoutEngineStatus = Static<typeof PayoutEngineStatus>;

export const getPayoutEngine = {
  method: 'GET',
  url: '/api/v1/admin/payouts/status',
  summary: 'What the payout engine does, waits for or is halted by',
  audience: 'operator',
  tag: 'admin',
  schema: { response: { 200: PayoutEngineStatus } },
} as const satisfies RouteContract;

export const payoutAttemptKinds = ['pay', 'void', 'reclaim'] as const;

const PayoutAttempt = strictObject({
  signature: Type.String(),
  explorerUrl: nullable(Type.String()),
  kind: oneOf(payoutAttemptKinds, 'void: the tombstone that makes sure that none pays any more'),
  number: Type.Integer(),
  outcome: nullable(oneOf(attemptOutcomes, 'null: not known yet')),
  at: Timestamp,
});
export type PayoutAttempt = Static<typeof PayoutAttempt>;

const PayoutBatch = strictObject({
  batchId: id('batch'),
  state: oneOf(batchStates),
  payoutIds: Type.Array(id('payout'), { description: 'All that leave by the same transaction' }),
  receiptAddress: Type.String({ description: 'On chain for as long as the payment can be proven' }),
  createdAt: Timestamp,
  settledAt: nullable(Timestamp),
  attempts: Type.Array(PayoutAttempt, { description: 'Oldest first' }),
});

export const PayoutDetail = strictObject({
  ...AdminPayout.properties,
  accountId: nullable(id('account')),
  owedBy: Type.String({ description: 'Account of the ledger that the money leaves' }),
  batch: Type.Unsafe<Static<typeof PayoutBatch> | null>({
    ...nullable(PayoutBatch),
    description: 'The last one; null before the first, and none of those before it',
  }),
  ledger: Type.Array(LedgerEntry, {
    description: 'How it came to be owed and was paid, and what its transaction cost in all',
  }),
});
export type PayoutDetail = Static<typeof PayoutDetail>;

export const getPayout = {
  method: 'GET',
  url: '/api/v1/admin/payouts/:payoutId',
  summary: 'One payout: what it pays, its transaction with every attempt, its lines of the ledger',
  audience: 'operator',
  tag: 'admin',
  schema: {
    params: strictObject({ payoutId: id('payout') }),
    response: { 200: PayoutDetail },
  },
} as const satisfies RouteContract;

const reasonFor = (description: string) =>
  strictObject({ reason: Type.String({ minLength: 3, maxLength: 500, description }) });

/** Nothing is signed any more from the moment of the answer, also after a restart. */
export const stopPayouts = {
  method: 'POST',
  url: '/api/v1/admin/payouts/stop',
  summary: 'Stop every signature of the treasury until payouts are started again',
  audience: 'operator',
  tag: 'admin',
  schema: {
    body: reasonFor('Shown with the health and kept in the event log'),
    response: { 200: PayoutEngineStatus },
  },
} as const satisfies RouteContract;

export const startPayouts = {
  method: 'POST',
  url: '/api/v1/admin/payouts/start',
  summary: 'Let payouts go again after they were stopped',
  audience: 'operator',
  tag: 'admin',
  schema: {
    body: reasonFor('What was found; kept in the event log'),
    response: { 200: PayoutEngineStatus },
  },
} as const satisfies RouteContract;

/** For a payout that is held: the cause was solved, such as a thawed token account. */
export const retryPayout = {
  method: 'POST',
  url: '/api/v1/admin/payouts/:payoutId/retry',
  summary: 'Put a held payout back into the queue',
  audience: 'operator',
  tag: 'admin',
  schema: {
    params: strictObject({ payoutId: id('payout') }),
    response: { 200: AdminPayout },
  },
} as const satisfies RouteContract;

export const cancelPayout = {
  method: 'POST',
  url: '/api/v1/admin/payouts/:payoutId/cancel',
  summary: 'Take back a withdrawal or refund that is due or held; its money returns',
  audience: 'operator',
  tag: 'admin',
  schema: {
    params: strictObject({ payoutId: id('payout') }),
    response: { 200: AdminPayout },
  },
} as const satisfies RouteContract;

/** After a restore: the marketplace proves on chain that the transaction paid exactly these. */
export const settlePayouts = {
  method: 'POST',
  url: '/api/v1/admin/payouts/settle',
  summary: 'Book held payouts as paid by a transaction of the treasury that this database lost',
  audience: 'operator',
  tag: 'admin',
  schema: {
    body: strictObject({
      payoutIds: Type.Array(id('payout'), {
        minItems: 1,
        maxItems: limits.payoutsSettledMax,
        description: 'Of each wallet every payout that the transaction paid',
      }),
      signature: TransactionSignature,
    }),
    response: { 200: strictObject({ data: Type.Array(AdminPayout) }) },
  },
} as const satisfies RouteContract;

/**
 * Ends a halt that unknown transactions of the treasury caused. Only after the operator has looked
 * at each of them: accepting one that paid somebody would let the same person be paid again.
 */
export const acceptTreasuryHistory = {
  method: 'POST',
  url: '/api/v1/admin/payouts/accept-history',
  summary: 'Take everything the treasury key did so far as known, and pay again',
  audience: 'operator',
  tag: 'admin',
  schema: {
    body: strictObject({
      reason: Type.String({
        minLength: 8,
        maxLength: 500,
        description: 'What the unknown transactions were; kept in the event log',
      }),
    }),
    response: { 200: PayoutEngineStatus },
  },
} as const satisfies RouteContract;
