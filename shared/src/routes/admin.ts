import { type Static, Type } from 'typebox';
import { clusters } from '../cluster.ts';
import type { RouteContract } from '../contract.ts';
import { jobStates } from '../job-state.ts';
import {
  id,
  MoneySchema,
  nullable,
  oneOf,
  strictObject,
  Timestamp,
  WalletAddress,
} from '../schema.ts';
import { payoutKinds, payoutStates } from '../settlement-state.ts';
import { Overview } from './marketplace.ts';

export const AdminStats = strictObject({
  overview: Overview,
  accounts: Type.Integer(),
  ledger: strictObject({
    transfers: Type.Integer(),
    balanced: Type.Boolean({ description: 'Debits equal credits for every asset' }),
  }),
});
export type AdminStats = Static<typeof AdminStats>;

export const getAdminStats = {
  method: 'GET',
  url: '/api/v1/admin/stats',
  summary: 'Counts over the whole marketplace',
  audience: 'operator',
  tag: 'admin',
  schema: { response: { 200: AdminStats } },
} as const satisfies RouteContract;

export const TreasuryInfo = strictObject({
  cluster: oneOf(clusters),
  wallet: WalletAddress,
  usdcMint: WalletAddress,
  onChain: strictObject({ SOL: nullable(MoneySchema), USDC: nullable(MoneySchema) }),
  liabilities: strictObject({ SOL: MoneySchema, USDC: MoneySchema }),
  escrow: strictObject({ SOL: MoneySchema, USDC: MoneySchema }),
  operatorAvailable: strictObject({ SOL: MoneySchema, USDC: MoneySchema }),
  feeRevenue: strictObject({ SOL: MoneySchema, USDC: MoneySchema }),
  payoutsFinalized: Type.Integer(),
  rpcUrl: Type.String(),
});
export type TreasuryInfo = Static<typeof TreasuryInfo>;

export const getTreasury = {
  method: 'GET',
  url: '/api/v1/admin/wallet',
  summary: 'The treasury on chain and in the ledger',
  audience: 'operator',
  tag: 'admin',
  schema: { response: { 200: TreasuryInfo } },
} as const satisfies RouteContract;

/** Airdrops to the treasury and credits the operator's account. Localnet and devnet only. */
export const fundTreasury = {
  method: 'POST',
  url: '/api/v1/admin/wallet/fund',
  summary: 'Airdrop 2 SOL to the treasury on a test cluster',
  audience: 'operator',
  tag: 'admin',
  schema: {
    response: { 200: strictObject({ signature: Type.String(), credited: MoneySchema }) },
  },
} as const satisfies RouteContract;

export const AdminPayout = strictObject({
  payoutId: id('payout'),
  kind: oneOf(payoutKinds),
  jobId: nullable(id('job')),
  agentId: nullable(id('agent')),
  wallet: Type.String(),
  money: MoneySchema,
  state: oneOf(payoutStates),
  signature: nullable(Type.String()),
  explorerUrl: nullable(Type.String()),
  holdReason: nullable(Type.String()),
  waitReason: nullable(Type.String()),
  createdAt: Timestamp,
  finalizedAt: nullable(Timestamp),
});
export type AdminPayout = Static<typeof AdminPayout>;

export const listPayouts = {
  method: 'GET',
  url: '/api/v1/admin/payouts',
  summary: 'Payouts, newest first',
  audience: 'operator',
  tag: 'admin',
  schema: {
    querystring: strictObject({
      state: Type.Optional(
        oneOf(payoutStates, 'Only these; a page may then be short, or empty, and have a next one'),
      ),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
      cursor: Type.Optional(Type.String({ maxLength: 64 })),
    }),
    response: {
      200: strictObject({ data: Type.Array(AdminPayout), nextCursor: nullable(Type.String()) }),
    },
  },
} as const satisfies RouteContract;

export const failJob = {
  method: 'POST',
  url: '/api/v1/admin/jobs/:jobId/fail',
  summary:
    'End a job that an agent holds as the failure of the marketplace, which then pays for it',
  audience: 'operator',
  tag: 'admin',
  schema: {
    params: strictObject({ jobId: id('job') }),
    body: strictObject({
      reason: Type.Literal('marketplace_error'),
      detail: Type.String({ minLength: 1, maxLength: 2_000, description: 'What went wrong' }),
    }),
    response: { 200: strictObject({ jobId: id('job'), state: oneOf(jobStates) }) },
  },
} as const satisfies RouteContract;
