import { type Static, Type } from 'typebox';
import { clusters } from '../cluster.ts';
import type { RouteContract } from '../contract.ts';
import { faults, jobStates } from '../job-state.ts';
import {
  id,
  MoneySchema,
  nullable,
  oneOf,
  strictObject,
  Timestamp,
  WalletAddress,
} from '../schema.ts';
import { settlementRows } from '../settlement-table.ts';
import { PayoutView, Reason } from './jobs.ts';

export const receiptPhases = [
  'earlier_attempts',
  'queued',
  'preparing',
  'running',
  'collecting',
] as const;

const Provider = strictObject({
  agentId: id('agent'),
  agentName: Type.String(),
  attempt: Type.Integer(),
  devices: Type.Array(Type.String()),
});

const Price = strictObject({
  kind: oneOf(['fixed', 'metered']),
  most: Type.Unsafe<Static<typeof MoneySchema>>({
    ...MoneySchema,
    description: 'The reward, or the cap of a metered job',
  }),
  bidPerGpuHour: nullable(MoneySchema),
  ratePerGpuHour: nullable(MoneySchema),
  gpusBilled: Type.Integer({ description: 'How many times the rate is paid' }),
  runLimitSec: Type.Integer(),
  formula: Type.String({ description: 'How the share of the provider follows, in numbers' }),
});

/** Everything the money of one ended job did. The quoted amount is never exceeded. */
export const Receipt = strictObject({
  version: Type.Literal(1),
  cluster: oneOf(clusters),
  jobId: id('job'),
  specHash: Type.String({ description: 'SHA-256 of the complete spec as canonical JSON, hex' }),
  quoteId: nullable(id('quote')),
  state: oneOf(jobStates),
  reason: nullable(Reason),
  fault: nullable(oneOf(faults)),
  settledAs: oneOf(settlementRows, 'The row of the published table that applied'),
  rule: strictObject({ when: Type.String(), provider: Type.String(), requester: Type.String() }),
  exitCode: nullable(Type.Integer()),
  createdAt: Timestamp,
  finishedAt: Timestamp,
  provider: nullable(Provider),
  price: Price,
  phases: Type.Array(
    strictObject({
      phase: oneOf(receiptPhases),
      ms: Type.Integer(),
      billed: Type.Boolean({ description: 'Only run time ever is' }),
    }),
  ),
  billedMs: Type.Integer(),
  quoted: MoneySchema,
  held: MoneySchema,
  charged: MoneySchema,
  refund: MoneySchema,
  providerShare: MoneySchema,
  fee: MoneySchema,
  feeBasisPoints: Type.Integer(),
  paidFromFees: Type.Unsafe<Static<typeof MoneySchema>>({
    ...MoneySchema,
    description: 'What the marketplace paid of the share, for a failure of its own',
  }),
  networkFee: Type.Unsafe<Static<typeof MoneySchema>>({
    ...MoneySchema,
    description: 'Always 0: the marketplace pays the cluster',
  }),
  payout: nullable(PayoutView),
  transfers: Type.Array(
    strictObject({
      entry: Type.Integer({ description: 'Its place in the ledger' }),
      transferId: Type.String(),
      kind: Type.String(),
      money: MoneySchema,
      at: Timestamp,
      hash: Type.String({ description: 'Hex; chains this entry to all before it' }),
    }),
  ),
  complete: Type.Boolean({
    description: 'Nothing is left to happen: there is no payout on its way',
  }),
  issuedAt: Timestamp,
});
export type Receipt = Static<typeof Receipt>;

export const SignedReceipt = strictObject({
  receipt: Receipt,
  algorithm: Type.Literal('Ed25519'),
  key: Type.Unsafe<string>({ ...WalletAddress, description: 'Public key of the receipts, base58' }),
  signature: Type.String({
    pattern: '^[1-9A-HJ-NP-Za-km-z]{64,88}$',
    description: 'Over "node3 receipt v1\\n" and the receipt as canonical JSON, UTF-8; base58',
  }),
});
export type SignedReceipt = Static<typeof SignedReceipt>;

export const getReceipt = {
  method: 'GET',
  url: '/api/v1/jobs/:jobId/receipt',
  summary: 'The signed receipt of an ended job: every phase, amount and transfer',
  audience: 'requester',
  tag: 'jobs',
  etag: 'read',
  schema: { params: strictObject({ jobId: id('job') }), response: { 200: SignedReceipt } },
} as const satisfies RouteContract;

export const getReceiptKey = {
  method: 'GET',
  url: '/api/v1/receipt-key',
  summary: 'The public key that signs receipts',
  audience: 'public',
  tag: 'marketplace',
  schema: {
    response: { 200: strictObject({ algorithm: Type.Literal('Ed25519'), key: WalletAddress }) },
  },
} as const satisfies RouteContract;
