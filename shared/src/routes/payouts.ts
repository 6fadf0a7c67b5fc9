import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { limits } from '../limits.ts';
import { id, MoneySchema, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';
import { AdminPayout } from './admin.ts';
import { TransactionSignature } from './deposits.ts';

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
