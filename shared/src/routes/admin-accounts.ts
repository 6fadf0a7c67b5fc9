import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { limits } from '../limits.ts';
import { operatorLimits } from '../operator-limits.ts';
import { id, nullable, strictObject, Timestamp } from '../schema.ts';
import { Account } from './accounts.ts';
import { KeyView } from './keys.ts';
import { getUsage } from './usage.ts';

const tag = 'admin';
const audience = 'operator';
const params = strictObject({ accountId: id('account') });
const reason = Type.String({
  minLength: operatorLimits.reasonCharsMin,
  maxLength: operatorLimits.reasonCharsMax,
  description: 'Told to the account, and kept in the event log',
});

export const Suspension = strictObject({ reason: Type.String(), since: Timestamp });

export const AdminAccount = strictObject({
  ...Account.properties,
  openJobs: Type.Integer({ description: 'Jobs that are not over' }),
  suspension: nullable(Suspension),
});
export type AdminAccount = Static<typeof AdminAccount>;

/** Without `search` all of them; a search finds the first ones and has no further pages. */
export const listAccounts = {
  method: 'GET',
  url: '/api/v1/admin/accounts',
  summary: 'Accounts, newest first, or those whose id, wallet or name begins with a text',
  audience,
  tag,
  schema: {
    querystring: strictObject({
      search: Type.Optional(
        Type.String({
          minLength: operatorLimits.searchCharsMin,
          maxLength: operatorLimits.searchCharsMax,
        }),
      ),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.listPageMax })),
      cursor: Type.Optional(Type.String({ maxLength: 64 })),
    }),
    response: {
      200: strictObject({
        data: Type.Array(AdminAccount),
        nextCursor: nullable(Type.String()),
        more: Type.Boolean({ description: 'The search would find more than these' }),
      }),
    },
  },
} as const satisfies RouteContract;

export const AdminAccountDetail = strictObject({
  ...AdminAccount.properties,
  jobs: Type.Record(
    Type.String(),
    Type.Integer({ description: `Count per state, at most ${limits.jobsCountedMax} each` }),
  ),
  keys: Type.Array(KeyView, { description: 'Those that still work, newest first' }),
});
export type AdminAccountDetail = Static<typeof AdminAccountDetail>;

/** Whoever looks at an account stands in the audit log. */
export const getAdminAccount = {
  method: 'GET',
  url: '/api/v1/admin/accounts/:accountId',
  summary: 'One account with its jobs and keys',
  audience,
  tag,
  schema: { params, response: { 200: AdminAccountDetail } },
} as const satisfies RouteContract;

export const getAdminAccountUsage = {
  method: 'GET',
  url: '/api/v1/admin/accounts/:accountId/usage',
  summary: 'What the jobs of an account used and cost, as it sees it itself',
  audience,
  tag,
  schema: { ...getUsage.schema, params },
} as const satisfies RouteContract;

export const revokeAccountKey = {
  method: 'DELETE',
  url: '/api/v1/admin/accounts/:accountId/keys/:keyId',
  summary: 'Revoke a key of an account at once',
  audience,
  tag,
  schema: {
    params: strictObject({ accountId: id('account'), keyId: id('apiKey') }),
    response: { 200: strictObject({ keyId: id('apiKey') }) },
  },
} as const satisfies RouteContract;

/** What runs goes on, and money can be withdrawn. */
export const suspendAccount = {
  method: 'POST',
  url: '/api/v1/admin/accounts/:accountId/suspend',
  summary: 'Take no new jobs of an account',
  audience,
  tag,
  schema: { params, body: strictObject({ reason }), response: { 200: AdminAccount } },
} as const satisfies RouteContract;

export const restoreAccount = {
  method: 'POST',
  url: '/api/v1/admin/accounts/:accountId/restore',
  summary: 'Take jobs of a suspended account again',
  audience,
  tag,
  schema: { params, body: strictObject({ reason }), response: { 200: AdminAccount } },
} as const satisfies RouteContract;
