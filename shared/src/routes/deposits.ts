import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { depositRoutes, depositStates, suspenseReasons } from '../deposit-state.ts';
import {
  id,
  MoneySchema,
  nullable,
  oneOf,
  strictObject,
  Timestamp,
  WalletAddress,
} from '../schema.ts';

export const TransactionSignature = Type.String({ pattern: '^[1-9A-HJ-NP-Za-km-z]{64,88}$' });
const page = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
};

/** What one transaction brought in one asset. Amounts are balance differences on chain. */
export const DepositItem = strictObject({
  signature: Type.String(),
  explorerUrl: nullable(Type.String()),
  money: MoneySchema,
  state: oneOf(depositStates),
  route: nullable(oneOf(depositRoutes)),
  intentId: nullable(id('intent')),
  seenAt: Timestamp,
  creditedAt: nullable(Timestamp),
});
export type DepositItem = Static<typeof DepositItem>;

export const listDeposits = {
  method: 'GET',
  url: '/api/v1/deposits',
  summary: 'Your deposits, newest first',
  audience: 'requester',
  tag: 'deposits',
  schema: {
    querystring: strictObject(page),
    response: {
      200: strictObject({ data: Type.Array(DepositItem), nextCursor: nullable(Type.String()) }),
    },
  },
} as const satisfies RouteContract;

export const DepositIntent = strictObject({
  intentId: id('intent'),
  url: Type.String({ description: 'Solana Pay link, for a QR code or a wallet' }),
  treasury: WalletAddress,
  reference: WalletAddress,
  memo: Type.String({ description: 'Works without the link too, for as long as the account' }),
  asset: oneOf(['SOL', 'USDC']),
  amount: nullable(MoneySchema),
  state: oneOf(['pending', 'credited', 'expired']),
  deposits: Type.Array(DepositItem),
  createdAt: Timestamp,
  expiresAt: Timestamp,
});
export type DepositIntent = Static<typeof DepositIntent>;

/** A payment that comes after the expiry, or a second one, is credited to the same account. */
export const createDepositIntent = {
  method: 'POST',
  url: '/api/v1/deposits/intents',
  summary: 'A Solana Pay link whose payment is credited to your account by itself',
  audience: 'requester',
  tag: 'deposits',
  schema: {
    body: strictObject({
      asset: oneOf(['SOL', 'USDC']),
      amount: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })),
    }),
    response: { 201: DepositIntent },
  },
} as const satisfies RouteContract;

export const getDepositIntent = {
  method: 'GET',
  url: '/api/v1/deposits/intents/:intentId',
  summary: 'Whether a payment link was paid, and by which deposits',
  audience: 'requester',
  tag: 'deposits',
  etag: 'read',
  schema: {
    params: strictObject({ intentId: id('intent') }),
    response: { 200: DepositIntent },
  },
} as const satisfies RouteContract;

export const AdminDeposit = strictObject({
  ...DepositItem.properties,
  accountId: nullable(id('account')),
  suspenseReason: nullable(oneOf(suspenseReasons)),
  sourceOwner: nullable(
    Type.String({ description: 'Wallet it came from; null when that is not certain' }),
  ),
  refundId: nullable(id('payout')),
});
export type AdminDeposit = Static<typeof AdminDeposit>;

export const listAdminDeposits = {
  method: 'GET',
  url: '/api/v1/admin/deposits',
  summary: 'Deposits of all accounts, newest first',
  audience: 'operator',
  tag: 'admin',
  schema: {
    querystring: strictObject({
      ...page,
      state: Type.Optional(oneOf(['credited', 'suspense', 'refunding'])),
    }),
    response: {
      200: strictObject({ data: Type.Array(AdminDeposit), nextCursor: nullable(Type.String()) }),
    },
  },
} as const satisfies RouteContract;

/** `capital: true` instead of an account books it as the operator's own money for fees and rent. */
export const assignDeposit = {
  method: 'POST',
  url: '/api/v1/admin/deposits/:signature/assign',
  summary: 'Credit a deposit in suspense to an account, or to the operator’s capital',
  audience: 'operator',
  tag: 'admin',
  schema: {
    params: strictObject({ signature: TransactionSignature }),
    body: strictObject({
      accountId: Type.Optional(id('account')),
      capital: Type.Optional(Type.Literal(true)),
    }),
    response: { 200: strictObject({ data: Type.Array(AdminDeposit) }) },
  },
} as const satisfies RouteContract;

/**
 * Only to the one wallet whose money it was, never to whoever paid the network's fee. Ask first when
 * it may be an exchange's: what comes back there may reach nobody.
 */
export const refundDeposit = {
  method: 'POST',
  url: '/api/v1/admin/deposits/:signature/refund',
  summary: 'Send a deposit in suspense back to the wallet it came from',
  audience: 'operator',
  tag: 'admin',
  schema: {
    params: strictObject({ signature: TransactionSignature }),
    response: { 200: strictObject({ data: Type.Array(AdminDeposit) }) },
  },
} as const satisfies RouteContract;
