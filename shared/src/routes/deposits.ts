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

const intentParams = strictObject({ intentId: id('intent') });
const amountOfPayer = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 32,
    description: 'Of the asset of the link; only where the link has no amount',
  }),
);
/** One packet. */
const Transaction = Type.String({
  pattern: '^[A-Za-z0-9+/]{4,1644}={0,2}$',
  description: 'Serialised, base64',
});

export const DepositTransaction = strictObject({
  transaction: Type.Unsafe<string>({
    ...Transaction,
    description: 'To be signed as it is; base64',
  }),
  wallet: WalletAddress,
  money: MoneySchema,
  fee: Type.Unsafe<Static<typeof MoneySchema>>({
    ...MoneySchema,
    description: 'What the network takes besides',
  }),
  lastValidBlockHeight: Type.Integer({ description: 'Above it nobody takes the transaction' }),
});
export type DepositTransaction = Static<typeof DepositTransaction>;

/** For wallets in browsers: they sign, and need no library for Solana. */
export const buildDepositTransaction = {
  method: 'POST',
  url: '/api/v1/deposits/intents/:intentId/transaction',
  summary: 'The transaction that pays a link, for a wallet to sign',
  audience: 'requester',
  tag: 'deposits',
  schema: {
    params: intentParams,
    body: strictObject({ wallet: WalletAddress, amount: amountOfPayer }),
    response: { 200: DepositTransaction },
  },
} as const satisfies RouteContract;

/** Sends nothing but what `transaction` has built, to the byte. The same again does no harm. */
export const sendDepositTransaction = {
  method: 'POST',
  url: '/api/v1/deposits/intents/:intentId/send',
  summary: 'Hand the signed transaction of a link to the cluster',
  audience: 'requester',
  tag: 'deposits',
  schema: {
    params: intentParams,
    body: strictObject({ transaction: Transaction, amount: amountOfPayer }),
    response: {
      200: strictObject({ signature: Type.String(), explorerUrl: nullable(Type.String()) }),
    },
  },
} as const satisfies RouteContract;

export const IntentPayment = strictObject({
  signature: Type.String(),
  explorerUrl: nullable(Type.String()),
  commitment: oneOf(['processed', 'confirmed', 'finalized']),
  confirmations: nullable(
    Type.Integer({ description: 'Blocks on top of its own; null once it is final' }),
  ),
  failed: Type.Boolean(),
});
export type IntentPayment = Static<typeof IntentPayment>;

/** Asks the chain. Money is credited by itself once it is final, whether somebody asks or not. */
export const listIntentPayments = {
  method: 'GET',
  url: '/api/v1/deposits/intents/:intentId/payments',
  summary: 'How far the transactions are that pay a link',
  audience: 'requester',
  tag: 'deposits',
  schema: {
    params: intentParams,
    querystring: strictObject({ signature: Type.Optional(TransactionSignature) }),
    response: { 200: strictObject({ data: Type.Array(IntentPayment) }) },
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
