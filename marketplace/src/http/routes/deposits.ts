import { MarketError } from '@node3/shared/error';
import { addRoute } from '@node3/shared/http/add-route';
import {
  assignDeposit as assignContract,
  buildDepositTransaction,
  createDepositIntent as createIntent,
  getDepositIntent,
  listAdminDeposits,
  listDeposits as listContract,
  listIntentPayments,
  refundDeposit as refundContract,
  sendDepositTransaction,
} from '@node3/shared/routes/deposits';
import type { FastifyInstance } from 'fastify';
import { assignDeposit } from '../../services/assign-deposit.ts';
import { createDepositIntent, readDepositIntent } from '../../services/create-deposit-intent.ts';
import {
  buildDepositTransfer,
  readDepositProgress,
  sendDepositTransfer,
} from '../../services/deposit-transfers.ts';
import { viewAdminDeposit, viewDeposit } from '../../services/deposit-views.ts';
import { listDeposits } from '../../services/list-deposits.ts';
import { refundDeposit } from '../../services/refund-deposit.ts';
import type { HttpDeps } from '../http-deps.ts';
import { publicWriteLimit } from '../rate-limit.ts';

export function addDepositRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  addRoute(app, listContract, {
    authenticate,
    async handler({ principal, query }) {
      const of = { accountId: principal.accountId, state: null };
      const { rows, nextCursor } = await listDeposits(deps, query, of);
      return { data: rows.map((row) => viewDeposit(deps, row)), nextCursor };
    },
  });
  addRoute(app, createIntent, {
    authenticate,
    // Each link is kept for ever, and an account costs nothing.
    config: publicWriteLimit,
    handler: ({ principal, body }) => createDepositIntent(deps, principal.accountId, body),
  });
  addRoute(app, getDepositIntent, {
    authenticate,
    handler: ({ principal, params }) =>
      readDepositIntent(deps, principal.accountId, params.intentId),
  });
  addRoute(app, buildDepositTransaction, {
    authenticate,
    handler: ({ principal, params, body }) =>
      buildDepositTransfer(deps, { ...principal, ...params }, body),
  });
  addRoute(app, sendDepositTransaction, {
    authenticate,
    handler: ({ principal, params, body }) =>
      sendDepositTransfer(deps, { ...principal, ...params }, body),
  });
  addRoute(app, listIntentPayments, {
    authenticate,
    handler: ({ principal, params, query }) =>
      readDepositProgress(deps, { ...principal, ...params }, query.signature ?? null),
  });
}

export function addAdminDepositRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.operator;
  addRoute(app, listAdminDeposits, {
    authenticate,
    async handler({ query }) {
      const of = { accountId: null, state: query.state ?? null };
      const { rows, nextCursor } = await listDeposits(deps, query, of);
      return { data: rows.map((row) => viewAdminDeposit(deps, row)), nextCursor };
    },
  });
  addRoute(app, assignContract, {
    authenticate,
    async handler({ params, body }) {
      const { accountId = null, capital = false } = body;
      if ((accountId === null) !== capital) {
        const errors = [{ pointer: '', detail: 'must have either accountId or capital' }];
        throw new MarketError('REQUEST_INVALID', { errors });
      }
      const rows = await assignDeposit(deps, params.signature, accountId);
      return { data: rows.map((row) => viewAdminDeposit(deps, row)) };
    },
  });
  addRoute(app, refundContract, {
    authenticate,
    async handler({ params }) {
      const rows = await refundDeposit(deps, params.signature);
      return { data: rows.map((row) => viewAdminDeposit(deps, row)) };
    },
  });
}
