import { addRoute } from '@node3/shared/http/add-route';
import {
  acceptTreasuryHistory,
  cancelPayout as cancelContract,
  getPayout,
  getPayoutEngine,
  retryPayout as retryContract,
  settlePayouts as settleContract,
  startPayouts as startContract,
  stopPayouts as stopContract,
} from '@node3/shared/routes/payouts';
import type { FastifyInstance } from 'fastify';
import { cancelPayout } from '../../services/cancel-payout.ts';
import { viewAdminPayout } from '../../services/job-views.ts';
import {
  acceptHistory,
  readPayoutEngine,
  retryPayout,
  settlePayouts,
  startPayouts,
  stopPayouts,
} from '../../services/operate-payouts.ts';
import { readPayout } from '../../services/read-payout.ts';
import type { HttpDeps } from '../http-deps.ts';

export function addPayoutRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.operator;
  addRoute(app, getPayoutEngine, { authenticate, handler: () => readPayoutEngine(deps) });
  addRoute(app, getPayout, {
    authenticate,
    handler: ({ params }) => readPayout(deps, params.payoutId),
  });
  addRoute(app, retryContract, {
    authenticate,
    handler: ({ params }) => retryPayout(deps, params.payoutId),
  });
  addRoute(app, cancelContract, {
    authenticate,
    async handler({ params }) {
      const payout = await cancelPayout(deps, params.payoutId, 'operator');
      return viewAdminPayout(payout, deps.explorerUrl);
    },
  });
  addRoute(app, settleContract, {
    authenticate,
    async handler({ body }) {
      return { data: await settlePayouts(deps, body.payoutIds, body.signature) };
    },
  });
  addRoute(app, stopContract, {
    authenticate,
    handler: ({ body }) => stopPayouts(deps, body.reason),
  });
  addRoute(app, startContract, {
    authenticate,
    handler: ({ body }) => startPayouts(deps, body.reason),
  });
  addRoute(app, acceptTreasuryHistory, {
    authenticate,
    handler: ({ body }) => acceptHistory(deps, body.reason),
  });
}
