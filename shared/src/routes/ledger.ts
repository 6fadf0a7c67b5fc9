import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import type { CsvColumn } from '../csv.ts';
import { limits } from '../limits.ts';
import { amountPattern, assets } from '../money.ts';
import { MoneySchema, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';

const hashPattern = '^[0-9a-f]{64}$';

/** What a transfer between two accounts of the ledger is for. */
const transferKinds = [
  'deposit',
  'deposit_final',
  'hold',
  'capture',
  'fee',
  'subsidy',
  'release',
  'payout',
  'network_fee',
  'rent',
  'rent_return',
  'capital',
  'withdrawal',
  'withdrawal_return',
  'refund',
  'refund_return',
  'write_off',
] as const;
export type TransferKind = (typeof transferKinds)[number];

export function isTransferKind(kind: string): kind is TransferKind {
  return (transferKinds as readonly string[]).includes(kind);
}

export const LedgerEntry = strictObject({
  entry: Type.Integer({ minimum: 1, description: 'From 1, without a gap' }),
  transferId: Type.String({ maxLength: 512 }),
  debit: Type.String({ maxLength: 512, description: 'Account that is debited' }),
  credit: Type.String({ maxLength: 512, description: 'Account that is credited' }),
  asset: oneOf(assets),
  amount: Type.String({ pattern: amountPattern, description: 'Decimal string in whole units' }),
  kind: Type.String({ maxLength: 64 }),
  ref: Type.String({ maxLength: 512, description: 'The job, payout or signature it belongs to' }),
  at: Timestamp,
  hash: Type.String({
    pattern: hashPattern,
    description:
      'SHA-256 of the previous entry’s 32 bytes (zeros before the first) and of entry, transferId, debit, credit, asset, amount in base units, kind, ref and time in milliseconds, each as a netstring',
  }),
});
export type LedgerEntry = Static<typeof LedgerEntry>;

export const ledgerColumns: readonly CsvColumn<LedgerEntry>[] = [
  { title: 'entry', value: ({ entry }) => entry },
  { title: 'transferId', value: ({ transferId }) => transferId },
  { title: 'debit', value: ({ debit }) => debit },
  { title: 'credit', value: ({ credit }) => credit },
  { title: 'asset', value: ({ asset }) => asset },
  { title: 'amount', value: ({ amount }) => amount },
  { title: 'kind', value: ({ kind }) => kind },
  { title: 'ref', value: ({ ref }) => ref },
  { title: 'at', value: ({ at }) => at },
  { title: 'hash', value: ({ hash }) => hash },
];

/**
 * As JSON lines (`Accept: application/x-ndjson`) or CSV (`text/csv`) everything after `after`, else one
 * page.
 */
export const exportLedger = {
  method: 'GET',
  url: '/api/v1/admin/ledger/export',
  summary: 'The ledger’s entries, oldest first',
  audience: 'operator',
  tag: 'admin',
  schema: {
    querystring: strictObject({
      after: Type.Optional(
        Type.Integer({ minimum: 0, description: 'Number of the last entry seen' }),
      ),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.ledgerEntriesPerPage })),
    }),
    response: {
      200: strictObject({ data: Type.Array(LedgerEntry), nextAfter: Type.Integer() }),
    },
  },
} as const satisfies RouteContract;

/**
 * `onItsWay` may have left the treasury already and is not booked yet; `inbound` is credited to its
 * payer already and not final in the treasury yet.
 */
const Reserve = strictObject({
  onChain: nullable(MoneySchema),
  ledger: MoneySchema,
  onItsWay: MoneySchema,
  inbound: MoneySchema,
  liabilities: MoneySchema,
  own: Type.Unsafe<Static<typeof MoneySchema>>({
    ...MoneySchema,
    description: 'What the ledger has beyond what is owed: the operator’s, for fees and rent',
  }),
  surplus: MoneySchema,
  deficit: MoneySchema,
});

export const ReservesView = strictObject({
  state: oneOf(
    ['covered', 'short', 'unknown'],
    'unknown: the chain did not answer, which is no deficit',
  ),
  SOL: Reserve,
  USDC: Reserve,
});
export type ReservesView = Static<typeof ReservesView>;

export const getReserves = {
  method: 'GET',
  url: '/api/v1/admin/reserves',
  summary: 'What the treasury holds on chain beside what the ledger says and what is owed',
  audience: 'operator',
  tag: 'admin',
  schema: { response: { 200: ReservesView } },
} as const satisfies RouteContract;

export const LedgerProof = strictObject({
  verified: Type.Boolean({
    description: 'There is no problem; whether the chain answered says reserves.state',
  }),
  problems: Type.Array(Type.String({ description: 'One sentence per problem' })),
  entries: Type.Integer(),
  head: Type.String({ pattern: hashPattern, description: 'Hash of the newest entry' }),
  reserves: ReservesView,
  verifiedAt: Timestamp,
});
export type LedgerProof = Static<typeof LedgerProof>;

/** Reads everything from the first entry on; a passed one opens payouts that were stopped. */
export const verifyLedger = {
  method: 'GET',
  url: '/api/v1/admin/ledger/verify',
  summary: 'Recompute the whole ledger and compare it with the chain',
  audience: 'operator',
  tag: 'admin',
  schema: { response: { 200: LedgerProof } },
} as const satisfies RouteContract;

export const WrittenOff = strictObject({
  transferId: Type.String(),
  written: MoneySchema,
  state: oneOf(['covered', 'short'], 'Whether the treasury holds now what the ledger says'),
});
export type WrittenOff = Static<typeof WrittenOff>;

/** For money that is gone for good: never more than the chain shows to be missing. */
export const writeOffLoss = {
  method: 'POST',
  url: '/api/v1/admin/ledger/write-off',
  summary: 'Book a loss of the treasury at the cost of the operator’s capital',
  audience: 'operator',
  tag: 'admin',
  schema: {
    body: strictObject({
      money: MoneySchema,
      reason: Type.String({
        minLength: 8,
        maxLength: 500,
        description: 'What became of it; kept in the event log',
      }),
    }),
    response: { 200: WrittenOff },
  },
} as const satisfies RouteContract;
