import { addRoute } from '@node3/shared/http/add-route';
import {
  cancelWithdrawal,
  createWithdrawal,
  getWithdrawal,
  listWithdrawals as listContract,
} from '@node3/shared/routes/withdrawals';
import type { FastifyInstance } from 'fastify';
import { cancelPayout } from '../../services/cancel-payout.ts';
import {
  findOwnWithdrawal,
  listWithdrawals,
  viewWithdrawal,
} from '../../services/read-withdrawal.ts';
import { requestWithdrawal } from '../../services/request-withdrawal.ts';
import type { HttpDeps } from '../http-deps.ts';
import { readIdempotencyKey } from '../idempotency-key.ts';

export function addWithdrawalRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  addRoute(app, createWithdrawal, {
    authenticate,
    async handler({ principal, body, request, reply }) {
      const idempotencyKey = readIdempotencyKey(request);
      const input = { ...principal, money: body.money, idempotencyKey };
      const { payout, replayed } = await requestWithdrawal(deps, input);
      if (replayed) void reply.header('idempotency-replayed', 'true');
      return viewWithdrawal(deps, payout);
    },
  });
  addRoute(app, listContract, {
    authenticate,
    handler: ({ principal, query }) => listWithdrawals(deps, principal.accountId, query),
  });
  addRoute(app, getWithdrawal, {
    authenticate,
    async handler({ principal, params }) {
      const { accountId } = principal;
      return viewWithdrawal(deps, await findOwnWithdrawal(deps, params.withdrawalId, accountId));
    },
  });
  addRoute(app, cancelWithdrawal, {
    authenticate,
    async handler({ principal, params }) {
      const { payoutId } = await findOwnWithdrawal(deps, params.withdrawalId, principal.accountId);
      return viewWithdrawal(deps, await cancelPayout(deps, payoutId, 'requester'));
    },
  });
}
