import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { amountPattern } from '../money.ts';
import { id, nullable, strictObject, Timestamp } from '../schema.ts';
import { challengeProof } from './auth.ts';

const amount = (description: string) =>
  nullable(Type.String({ pattern: amountPattern, description }));

const perJob = amount('The most one job may cost, fee included; null is no limit');
const perDay = amount(
  'The most that the jobs posted in one UTC day may cost: what is held, later what was charged',
);

/** Amounts in the asset they stand under, fee included. */
const AccountCaps = strictObject({
  perJob,
  open: amount('The most that may be held for all open jobs together'),
  perDay,
});
const KeyCaps = strictObject({ perJob, perDay });

const perAsset = <T extends typeof AccountCaps | typeof KeyCaps>(caps: T) =>
  strictObject({ SOL: caps, USDC: caps });

export const AccountCapsByAsset = perAsset(AccountCaps);
export const KeyCapsByAsset = perAsset(KeyCaps);
export type AccountCapsByAsset = Static<typeof AccountCapsByAsset>;
export type KeyCapsByAsset = Static<typeof KeyCapsByAsset>;

/** An asset that is left out keeps its caps. */
const KeyCapsChange = strictObject({
  SOL: Type.Optional(KeyCaps),
  USDC: Type.Optional(KeyCaps),
});
export type KeyCapsChange = Static<typeof KeyCapsChange>;

const Used = strictObject({ open: Type.String(), today: Type.String() });
const UsedByKey = strictObject({ today: Type.String() });

export const CapsView = strictObject({
  operator: AccountCapsByAsset,
  account: AccountCapsByAsset,
  used: strictObject({ SOL: Used, USDC: Used }),
  key: nullable(
    strictObject({
      keyId: id('apiKey'),
      caps: KeyCapsByAsset,
      used: strictObject({ SOL: UsedByKey, USDC: UsedByKey }),
    }),
  ),
  dayEndsAt: Timestamp,
});
export type CapsView = Static<typeof CapsView>;

export const getCaps = {
  method: 'GET',
  url: '/api/v1/account/caps',
  summary: 'What may be spent at most, by this account and this key, and what was',
  audience: 'requester',
  tag: 'accounts',
  etag: 'read',
  schema: { response: { 200: CapsView } },
} as const satisfies RouteContract;

/** A signed challenge of purpose `account.caps`: whoever has only a key can't widen what it may do. */
const proof = Type.Optional(strictObject(challengeProof));

export const putAccountCaps = {
  method: 'PUT',
  url: '/api/v1/account/caps',
  summary: 'Set the caps of your account; needs a challenge signed by its wallet',
  audience: 'requester',
  tag: 'accounts',
  etag: 'change',
  schema: {
    body: strictObject({ caps: AccountCapsByAsset, proof }),
    response: { 200: CapsView },
  },
} as const satisfies RouteContract;

export const putKeyCaps = {
  method: 'PUT',
  url: '/api/v1/keys/:keyId/caps',
  summary: 'Set the caps of a key of your account; a key may lower its own, the rest is signed',
  audience: 'requester',
  tag: 'accounts',
  etag: 'change',
  schema: {
    params: strictObject({ keyId: id('apiKey') }),
    body: strictObject({ caps: KeyCapsChange, proof }),
    response: { 200: strictObject({ keyId: id('apiKey'), caps: KeyCapsByAsset }) },
  },
} as const satisfies RouteContract;
