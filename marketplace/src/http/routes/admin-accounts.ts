import { addRoute } from '@node3/shared/http/add-route';
import * as contracts from '@node3/shared/routes/admin-accounts';
import type { FastifyInstance } from 'fastify';
import {
  findSummary,
  listAccounts,
  readAdminAccount,
  restoreAccount,
  revokeAccountKey,
  suspendAccount,
} from '../../services/admin-accounts.ts';
import { readUsage } from '../../services/read-usage.ts';
import type { HttpDeps } from '../http-deps.ts';
import { originOf } from '../note-origin.ts';

export function addAdminAccountRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.operator;
  addRoute(app, contracts.listAccounts, {
    authenticate,
    handler: ({ query }) => listAccounts(deps, query),
  });
  addRoute(app, contracts.getAdminAccount, {
    authenticate,
    handler({ params, request }) {
      return readAdminAccount(deps, params.accountId, originOf(request, deps.auditAddress));
    },
  });
  addRoute(app, contracts.getAdminAccountUsage, {
    authenticate,
    async handler({ params, query }) {
      const { account } = await findSummary(deps, params.accountId);
      return readUsage(deps, account.accountId, query);
    },
  });
  addRoute(app, contracts.revokeAccountKey, {
    authenticate,
    handler: ({ params }) => revokeAccountKey(deps, params.accountId, params.keyId),
  });
  addRoute(app, contracts.suspendAccount, {
    authenticate,
    handler: ({ params, body }) => suspendAccount(deps, params.accountId, body.reason),
  });
  addRoute(app, contracts.restoreAccount, {
    authenticate,
    handler: ({ params, body }) => restoreAccount(deps, params.accountId, body.reason),
  });
}
