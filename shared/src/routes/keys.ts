import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { accountScopes } from '../key-scopes.ts';
import { id, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';
import { signInLimits } from '../sign-in-limits.ts';
import { NewKey } from './agent-identity.ts';
import { KeyCapsByAsset } from './caps.ts';

export const KeyView = strictObject({
  keyId: id('apiKey'),
  name: nullable(Type.String()),
  scopes: nullable(Type.Array(oneOf(accountScopes))),
  createdAt: Timestamp,
  expiresAt: nullable(Timestamp),
  lastUsedAt: nullable(Timestamp),
  current: Type.Boolean({ description: 'Whether this request was made with it' }),
  caps: nullable(KeyCapsByAsset),
});
export type KeyView = Static<typeof KeyView>;

/** Without any it may do what the key may that makes it, but operate. */
const KeyScopes = Type.Array(oneOf(accountScopes, 'read-only narrows the others to reading'), {
  minItems: 1,
  maxItems: accountScopes.length,
  uniqueItems: true,
});

const keyParams = strictObject({ keyId: id('apiKey') });

export const listKeys = {
  method: 'GET',
  url: '/api/v1/keys',
  summary: 'Keys of your account that still work, newest first',
  audience: 'requester',
  scope: 'account',
  tag: 'accounts',
  schema: { response: { 200: strictObject({ data: Type.Array(KeyView) }) } },
} as const satisfies RouteContract;

/** A key with caps of its own was given away by its owner: it makes and ends no other keys. */
export const createKey = {
  method: 'POST',
  url: '/api/v1/keys',
  summary:
    'Create another key for your account, with scopes, caps and an end where wanted; it is shown once',
  audience: 'requester',
  scope: 'account',
  tag: 'accounts',
  schema: {
    body: strictObject({
      name: Type.String({ minLength: 1, maxLength: 64 }),
      keyCaps: Type.Optional(KeyCapsByAsset),
      scopes: Type.Optional(KeyScopes),
      expiresAt: Type.Optional(
        Type.String({
          pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z$',
          description: 'When it ends: RFC 3339, UTC',
        }),
      ),
    }),
    response: { 201: strictObject({ keyId: id('apiKey'), apiKey: Type.String() }) },
  },
} as const satisfies RouteContract;

export const rotateKey = {
  method: 'POST',
  url: '/api/v1/keys/:keyId/rotate',
  summary:
    'Replace a key; the old one works for a while more, scopes, caps, spending and end go along',
  audience: 'requester',
  scope: 'account',
  tag: 'accounts',
  schema: {
    params: keyParams,
    querystring: strictObject({
      overlapSec: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: signInLimits.keyOverlapSecMax,
          description:
            'How long the old key still works; five minutes where left out, and none where it has caps',
        }),
      ),
    }),
    response: { 201: NewKey },
  },
} as const satisfies RouteContract;

export const revokeKey = {
  method: 'DELETE',
  url: '/api/v1/keys/:keyId',
  summary: 'Revoke a key of your account at once',
  audience: 'requester',
  scope: 'account',
  tag: 'accounts',
  schema: { params: keyParams, response: { 200: strictObject({ keyId: id('apiKey') }) } },
} as const satisfies RouteContract;
