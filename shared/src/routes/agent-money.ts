import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { localLimits } from '../local-limits.ts';
import { MoneySchema, nullable, strictObject, Timestamp } from '../schema.ts';
import { DeviceEarnings } from './agent-local.ts';
import { AgentEarnings } from './agents.ts';

/** What the wallet holds on chain and what was paid to it. null is unknown, never zero. */
export const LocalWallet = strictObject({
  address: Type.String(),
  hasRpc: Type.Boolean({ description: 'false: no SOLANA_RPC_URL, so balances are unknown' }),
  balances: strictObject({
    SOL: nullable(strictObject({ money: MoneySchema, readAt: Timestamp })),
    USDC: nullable(strictObject({ money: MoneySchema, readAt: Timestamp })),
  }),
  payouts: nullable(
    Type.Array(AgentEarnings.properties.payouts.items, {
      description: 'The latest, newest first; null until the marketplace has answered',
    }),
  ),
  payoutsAsOf: nullable(Timestamp),
});
export type LocalWallet = Static<typeof LocalWallet>;

export const getLocalWallet = {
  method: 'GET',
  url: '/api/v1/local/wallet',
  summary: 'Address, balances on chain with their age, and payouts',
  audience: 'provider',
  tag: 'agent',
  schema: { response: { 200: LocalWallet } },
} as const satisfies RouteContract;

/** What one device earned on one day by accepted results; their payouts may still be on their way. */
export const EarningDay = strictObject({
  day: Type.String({ description: 'Such as 2026-11-26, in UTC' }),
  deviceId: Type.String({ description: '`none` is work without a GPU' }),
  model: nullable(Type.String()),
  results: Type.Integer(),
  runHours: DeviceEarnings.properties.runHours,
  earned: DeviceEarnings.properties.earned,
  expected: DeviceEarnings.properties.expected,
  energyKwh: nullable(Type.Number({ description: 'null unless known of every run of the day' })),
  energyUsd: nullable(Type.Number({ description: 'The same' })),
});
export type EarningDay = Static<typeof EarningDay>;

/** Before `knownSince` this agent knows nothing; a later day without a row earned nothing. */
export const listEarningDays = {
  method: 'GET',
  url: '/api/v1/local/earnings/days',
  summary: 'What each device earned on each of the last days, oldest first',
  audience: 'provider',
  tag: 'agent',
  schema: {
    querystring: strictObject({
      days: Type.Optional(Type.Integer({ minimum: 1, maximum: localLimits.earningDays })),
    }),
    response: {
      200: strictObject({
        from: Timestamp,
        to: Timestamp,
        knownSince: nullable(Timestamp),
        data: Type.Array(EarningDay),
      }),
    },
  },
} as const satisfies RouteContract;
