import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { id, MoneySchema, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';
import { AdminPayout } from './admin.ts';

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
