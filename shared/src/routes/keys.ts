import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { id, nullable, strictObject, Timestamp } from '../schema.ts';
import { NewKey } from './agent-identity.ts';
import { KeyCapsByAsset } from './caps.ts';

export const KeyView = strictObject({
  keyId: id('apiKey'),
  name: nullable(Type.String()),
  createdAt: Timestamp,
  expiresAt: nullable(Timestamp),
  current: Type.Boolean({ description: 'Whether this request was made with it' }),
});
export type KeyView = Static<typeof KeyView>;

const keyParams = strictObject({ keyId: id('apiKey') });

export const listKeys = {
  method: 'GET',
  url: '/api/v1/keys',
  summary: 'Keys of your account that still work, newest first',
  audience: 'requester',
  tag: 'accounts',
  schema: { response: { 200: strictObject({ data: Type.Array(KeyView) }) } },
} as const satisfies RouteContract;

/** A key with caps of its own was given away by its owner: it makes and ends no other keys. */
export const createKey = {
  method: 'POST',
  url: '/api/v1/keys',
  summary: 'Create another key for your account, with caps where wanted; it is shown once',
  audience: 'requester',
  tag: 'accounts',
  schema: {
    body: strictObject({
      name: Type.String({ minLength: 1, maxLength: 64 }),
      keyCaps: Type.Optional(KeyCapsByAsset),
    }),
    response: { 201: strictObject({ keyId: id('apiKey'), apiKey: Type.String() }) },
  },
} as const satisfies RouteContract;

export const rotateKey = {
  method: 'POST',
  url: '/api/v1/keys/:keyId/rotate',
  summary: 'Replace a key; the old one works for a few minutes more, caps and spending go along',
  audience: 'requester',
  tag: 'accounts',
  schema: { params: keyParams, response: { 201: NewKey } },
} as const satisfies RouteContract;

export const revokeKey = {
  method: 'DELETE',
  url: '/api/v1/keys/:keyId',
  summary: 'Revoke a key of your account at once',
  audience: 'requester',
  tag: 'accounts',
  schema: { params: keyParams, response: { 200: strictObject({ keyId: id('apiKey') }) } },
} as const satisfies RouteContract;
