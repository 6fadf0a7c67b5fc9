import { MarketError } from '@node3/shared/error';
import { addRoute } from '@node3/shared/http/add-route';
import {
  claimDeposit as claimDepositContract,
  createAccount,
  getAccount,
  getDepositAddress,
} from '@node3/shared/routes/accounts';
import { createChallenge as createChallengeContract } from '@node3/shared/routes/auth';
import { getOwnOverview } from '@node3/shared/routes/own-overview';
import type { FastifyInstance } from 'fastify';
import { claimDeposit } from '../../services/claim-deposit.ts';
import { createChallenge } from '../../services/create-challenge.ts';
import { openAccount, viewAccount } from '../../services/open-account.ts';
import { readOwnOverview } from '../../services/read-own-overview.ts';
import { viewAccess } from '../../services/view-access.ts';
import type { HttpDeps } from '../http-deps.ts';
import { ownOrigin } from '../own-origin.ts';
import { publicWriteLimit } from '../rate-limit.ts';

export function addAccountRoutes(app: FastifyInstance, deps: HttpDeps): void {
  addRoute(app, createChallengeContract, {
    authenticate: deps.auth.public,
    config: publicWriteLimit,
    handler: ({ body, request }) =>
      createChallenge(deps, { ...body, origin: ownOrigin(deps.publicUrl, request) }),
  });
  addRoute(app, createAccount, {
    authenticate: deps.auth.public,
    config: publicWriteLimit,
    handler: ({ body }) => openAccount(deps, body),
  });
  addRoute(app, getAccount, {
    authenticate: deps.auth.requester,
    async handler({ principal }) {
      const account = await deps.store.account(principal.accountId);
      if (account === null) throw new MarketError('AUTH_INVALID');
      const access = viewAccess(principal, deps.operatorAccountId);
      return { ...(await viewAccount(deps.store, account)), access };
    },
  });
  addRoute(app, getOwnOverview, {
    authenticate: deps.auth.requester,
    handler: ({ principal }) => readOwnOverview(deps, principal.accountId),
  });
  addRoute(app, getDepositAddress, {
    authenticate: deps.auth.public,
    async handler() {
      const { wallet, usdcMint } = deps.treasury;
      return { cluster: deps.cluster, wallet, usdcMint };
    },
  });
  addRoute(app, claimDepositContract, {
    authenticate: deps.auth.requester,
    // Every claim asks the cluster, and an account costs nothing.
    config: publicWriteLimit,
    handler: ({ principal, body }) => claimDeposit(deps, principal.accountId, body.signature),
  });
}
