import { type Static, Type } from 'typebox';
import { clusters } from '../cluster.ts';
import type { RouteContract } from '../contract.ts';
import { accountScopes } from '../key-scopes.ts';
import {
  id,
  MoneySchema,
  nullable,
  oneOf,
  strictObject,
  Timestamp,
  WalletAddress,
} from '../schema.ts';
import { challengeProof } from './auth.ts';
import { KeyCapsByAsset } from './caps.ts';

export const Balance = strictObject({
  available: MoneySchema,
  held: MoneySchema,
});

export const Account = strictObject({
  accountId: id('account'),
  wallet: nullable(WalletAddress),
  name: nullable(Type.String()),
  balances: strictObject({ SOL: Balance, USDC: Balance }),
  createdAt: Timestamp,
});
export type Account = Static<typeof Account>;

/** What whoever asks may do here. */
export const CallerAccess = strictObject({
  by: oneOf(['key', 'session']),
  scopes: Type.Array(oneOf(accountScopes), {
    description: 'What it is good for; read-only narrows the others to reading',
  }),
});
export type CallerAccess = Static<typeof CallerAccess>;

export const createAccount = {
  method: 'POST',
  url: '/api/v1/accounts',
  summary:
    'Open a requester account for a wallet, or get another key for it; the key is shown once',
  audience: 'public',
  tag: 'accounts',
  schema: {
    body: strictObject({
      ...challengeProof,
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
      keyCaps: Type.Optional(KeyCapsByAsset),
    }),
    response: {
      201: strictObject({ account: Account, apiKey: Type.String(), created: Type.Boolean() }),
    },
  },
} as const satisfies RouteContract;

export const getAccount = {
  method: 'GET',
  url: '/api/v1/account',
  summary: 'Your account, its balances, and what this key or session may do',
  audience: 'requester',
  scope: 'account',
  tag: 'accounts',
  etag: 'read',
  schema: {
    response: { 200: strictObject({ ...Account.properties, access: CallerAccess }) },
  },
} as const satisfies RouteContract;

export const DepositAddress = strictObject({
  cluster: oneOf(clusters),
  wallet: WalletAddress,
  usdcMint: WalletAddress,
});

export const getDepositAddress = {
  method: 'GET',
  url: '/api/v1/deposits/address',
  summary: 'Where to send SOL or USDC',
  audience: 'public',
  tag: 'accounts',
  schema: { response: { 200: DepositAddress } },
} as const satisfies RouteContract;

export const Deposit = strictObject({
  signature: Type.String(),
  credited: Type.Array(MoneySchema),
  creditedAt: Timestamp,
});

/** Claiming the same signature again for the same account answers the same deposit. */
export const claimDeposit = {
  method: 'POST',
  url: '/api/v1/deposits',
  summary: 'Credit a finalized transfer from your wallet to your account',
  audience: 'requester',
  tag: 'accounts',
  schema: {
    body: strictObject({
      signature: Type.String({ pattern: '^[1-9A-HJ-NP-Za-km-z]{64,88}$' }),
    }),
    response: { 200: Deposit },
  },
} as const satisfies RouteContract;
