import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import type { CsvColumn } from '../csv.ts';
import { limits } from '../limits.ts';
import { amountPattern, assets } from '../money.ts';
import { id, MoneySchema, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';

/** What an entry of a statement can be asked for by, and the kinds of entries each stands for. */
export const statementTypes = {
  deposit: ['deposit'],
  hold: ['hold'],
  release: ['release'],
  charge: ['capture', 'fee'],
  withdrawal: ['withdrawal', 'withdrawal_return', 'payout'],
  capital: ['capital'],
} as const;
export type StatementType = keyof typeof statementTypes;
export const statementTypeNames = Object.keys(statementTypes) as StatementType[];

export const statementKinds = Object.values(statementTypes).flat();
export type StatementKind = (typeof statementKinds)[number];

const signed = (description: string) =>
  Type.String({ pattern: `^-?${amountPattern.slice(1)}`, description });

/** One entry of the ledger that moves an account's money. The changes of all of them are its balances. */
export const StatementLine = strictObject({
  entry: Type.Integer({ minimum: 1, description: 'Its place in the whole ledger' }),
  at: Timestamp,
  kind: oneOf(
    statementKinds,
    'capture is the share of the provider, fee that of the marketplace; payout has left for the wallet',
  ),
  money: MoneySchema,
  available: signed('What can be spent became so much more; less with a minus'),
  held: signed('The same of what is held for jobs'),
  withdrawing: signed('The same of what is on its way out'),
  jobId: nullable(id('job')),
  withdrawalId: nullable(id('payout')),
  signature: nullable(
    Type.String({ description: 'Of the transaction on chain, once there is one' }),
  ),
  explorerUrl: nullable(Type.String()),
});
export type StatementLine = Static<typeof StatementLine>;

const selection = {
  type: Type.Optional(oneOf(statementTypeNames, 'All where left out')),
  asset: Type.Optional(oneOf(assets, 'Both where left out')),
};

export const listStatement = {
  method: 'GET',
  url: '/api/v1/account/ledger',
  summary: 'Every entry of the ledger that moved money of your account, newest first',
  audience: 'requester',
  tag: 'accounts',
  schema: {
    querystring: strictObject({
      ...selection,
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.listPageMax })),
      cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
    }),
    response: {
      200: strictObject({ data: Type.Array(StatementLine), nextCursor: nullable(Type.String()) }),
    },
  },
} as const satisfies RouteContract;

export const statementFormats = ['csv', 'jsonl'] as const;
export type StatementFormat = (typeof statementFormats)[number];

export const exportStatement = {
  method: 'GET',
  url: '/api/v1/account/ledger/export',
  summary: 'The same, all of it, as CSV or as one JSON object a line',
  audience: 'requester',
  tag: 'accounts',
  schema: {
    querystring: strictObject({
      ...selection,
      format: Type.Optional(oneOf(statementFormats, 'csv where left out')),
    }),
    response: {
      200: Type.String({ description: 'text/csv or application/x-ndjson; cut off if it fails' }),
    },
  },
} as const satisfies RouteContract;

export const statementColumns: readonly CsvColumn<StatementLine>[] = [
  { title: 'entry', value: (line) => line.entry },
  { title: 'at', value: (line) => line.at },
  { title: 'kind', value: (line) => line.kind },
  { title: 'asset', value: (line) => line.money.asset },
  { title: 'amount', value: (line) => line.money.amount },
  { title: 'available', value: (line) => line.available },
  { title: 'held', value: (line) => line.held },
  { title: 'withdrawing', value: (line) => line.withdrawing },
  { title: 'jobId', value: (line) => line.jobId },
  { title: 'withdrawalId', value: (line) => line.withdrawalId },
  { title: 'signature', value: (line) => line.signature },
];
