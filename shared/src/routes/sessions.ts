import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { id, nullable, strictObject, Timestamp } from '../schema.ts';
import { signInLimits } from '../sign-in-limits.ts';
import { Account } from './accounts.ts';
import { challengeProof } from './auth.ts';

export const SignInRequest = strictObject({
  domain: Type.String(),
  statement: Type.String(),
  uri: Type.String(),
  version: Type.Literal('1'),
  chainId: Type.String(),
  nonce: Type.String({ description: 'Works once, for five minutes' }),
  issuedAt: Timestamp,
  expirationTime: Timestamp,
});

/** The answer is what a wallet takes for `solana:signIn` of the Wallet Standard. */
export const createSignIn = {
  method: 'POST',
  url: '/api/v1/auth/sign-ins',
  summary: 'Get what a wallet signs to sign in (Sign-In With Solana)',
  audience: 'public',
  tag: 'auth',
  schema: { response: { 201: SignInRequest } },
} as const satisfies RouteContract;

export const SessionView = strictObject({
  sessionId: id('session'),
  client: nullable(Type.String({ description: 'What the browser calls itself' })),
  createdAt: Timestamp,
  lastUsedAt: nullable(Timestamp),
  expiresAt: Type.Unsafe<string>({ ...Timestamp, description: 'When it ends unless it is used' }),
  endsAt: Type.Unsafe<string>({ ...Timestamp, description: 'When it ends in any case' }),
  current: Type.Boolean({ description: 'Whether this request was made in it' }),
});
export type SessionView = Static<typeof SessionView>;

/** The cookie is HttpOnly and SameSite=Strict; what changes something wants `X-Node3-CSRF: 1` as well. */
export const openSession = {
  method: 'POST',
  url: '/api/v1/sessions',
  summary: 'Sign in with what a wallet signed: sets the cookie of a session, opens the account',
  audience: 'public',
  tag: 'auth',
  schema: {
    body: strictObject({
      message: Type.String({
        minLength: 1,
        maxLength: signInLimits.signInMessageChars,
        description: 'The text that was signed',
      }),
      signature: challengeProof.signature,
    }),
    response: {
      201: strictObject({ session: SessionView, account: Account, created: Type.Boolean() }),
    },
  },
} as const satisfies RouteContract;

export const listSessions = {
  method: 'GET',
  url: '/api/v1/sessions',
  summary: 'Sessions of your account that are open, newest first',
  audience: 'requester',
  scope: 'account',
  tag: 'auth',
  schema: { response: { 200: strictObject({ data: Type.Array(SessionView) }) } },
} as const satisfies RouteContract;

export const endSession = {
  method: 'DELETE',
  url: '/api/v1/sessions/:sessionId',
  summary: 'End a session of your account at once; your own is signed out',
  audience: 'requester',
  tag: 'auth',
  schema: {
    params: strictObject({ sessionId: id('session') }),
    response: { 200: strictObject({ sessionId: id('session') }) },
  },
} as const satisfies RouteContract;

export const endSessions = {
  method: 'DELETE',
  url: '/api/v1/sessions',
  summary: 'End all sessions of your account at once; keys go on working',
  audience: 'requester',
  tag: 'auth',
  schema: { response: { 200: strictObject({ ended: Type.Integer() }) } },
} as const satisfies RouteContract;
