import { Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { id, oneOf, strictObject, Timestamp, WalletAddress } from '../schema.ts';

export const challengePurposes = ['account.create', 'account.caps', 'agent.register'] as const;
export type ChallengePurpose = (typeof challengePurposes)[number];

export const Challenge = strictObject({
  challengeId: id('challenge'),
  message: Type.String({ description: 'Sign exactly these UTF-8 bytes with the wallet' }),
  expiresAt: Timestamp,
});

/** A signed challenge. Both fields are used once, whatever the outcome. */
export const challengeProof = {
  challengeId: id('challenge'),
  signature: Type.String({
    pattern: '^[1-9A-HJ-NP-Za-km-z]{64,88}$',
    description: 'Ed25519 signature of the message, base58',
  }),
};

export const createChallenge = {
  method: 'POST',
  url: '/api/v1/auth/challenges',
  summary: 'Get a message to sign that proves who owns a wallet',
  audience: 'public',
  tag: 'auth',
  schema: {
    body: strictObject({ wallet: WalletAddress, purpose: oneOf(challengePurposes) }),
    response: { 201: Challenge },
  },
} as const satisfies RouteContract;
