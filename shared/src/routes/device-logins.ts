import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { accountScopes } from '../key-scopes.ts';
import { id, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';
import { signInLimits } from '../sign-in-limits.ts';

export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

const ClientId = Type.String({
  minLength: 1,
  maxLength: signInLimits.deviceClientChars,
  pattern: '^[ -~]+$',
  description: 'What the program calls itself; whoever approves it reads this',
});

/** JSON, or a form as the RFC has it. */
export const startDeviceLogin = {
  method: 'POST',
  url: '/api/v1/oauth/device_authorization',
  summary: 'Begin a login that is approved on another device (RFC 8628)',
  audience: 'public',
  tag: 'auth',
  schema: {
    body: strictObject({
      client_id: ClientId,
      scope: Type.Optional(
        Type.String({
          pattern: `^(${accountScopes.join('|')})( (${accountScopes.join('|')})){0,3}$`,
          description: 'Scopes with spaces between them; requester and provider where left out',
        }),
      ),
    }),
    response: {
      200: strictObject({
        device_code: Type.String(),
        user_code: Type.String(),
        verification_uri: Type.String(),
        verification_uri_complete: Type.String(),
        expires_in: Type.Integer({ description: 'Seconds' }),
        interval: Type.Integer({ description: 'Seconds between two requests for the token' }),
      }),
    },
  },
} as const satisfies RouteContract;

/** Refusals carry the RFC's words as `error`: authorization_pending, slow_down, access_denied, … */
export const takeDeviceToken = {
  method: 'POST',
  url: '/api/v1/oauth/token',
  summary: 'Get the key of a login that was approved; it is shown once',
  audience: 'public',
  tag: 'auth',
  schema: {
    body: strictObject({
      grant_type: Type.Literal(deviceGrant),
      device_code: Type.String({ pattern: '^[A-Za-z0-9_-]{16,128}$' }),
      client_id: ClientId,
    }),
    response: {
      200: strictObject({
        access_token: Type.String(),
        token_type: Type.Literal('Bearer'),
        scope: Type.String(),
        key_id: id('apiKey'),
      }),
    },
  },
} as const satisfies RouteContract;

const params = strictObject({
  userCode: Type.String({
    pattern: '^[A-Za-z]{4}-?[A-Za-z]{4}$',
    description: 'As it is shown, such as BDFH-JKLM',
  }),
});

/** What is granted, to whom. */
export const DeviceLogin = strictObject({
  client: Type.String(),
  scopes: Type.Array(oneOf(accountScopes)),
  address: nullable(Type.String({ description: 'Where the request came from' })),
  createdAt: Timestamp,
  expiresAt: Timestamp,
});
export type DeviceLogin = Static<typeof DeviceLogin>;

export const getDeviceLogin = {
  method: 'GET',
  url: '/api/v1/device-logins/:userCode',
  summary: 'What a login on another device would be granted',
  audience: 'requester',
  scope: 'account',
  tag: 'auth',
  schema: { params, response: { 200: DeviceLogin } },
} as const satisfies RouteContract;

export const decideDeviceLogin = {
  method: 'POST',
  url: '/api/v1/device-logins/:userCode',
  summary: 'Approve or deny a login on another device, once',
  audience: 'requester',
  scope: 'account',
  tag: 'auth',
  schema: {
    params,
    body: strictObject({ decision: oneOf(['approve', 'deny']) }),
    response: { 200: DeviceLogin },
  },
} as const satisfies RouteContract;
