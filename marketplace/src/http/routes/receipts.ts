import { addRoute } from '@node3/shared/http/add-route';
import { getReceipt, getReceiptKey } from '@node3/shared/routes/receipts';
import type { FastifyInstance } from 'fastify';
import { findJobThatRan, findOwnJob } from '../../services/read-job.ts';
import { readReceipt } from '../../services/read-receipt.ts';
import type { HttpDeps } from '../http-deps.ts';

export function addReceiptRoutes(app: FastifyInstance, deps: HttpDeps): void {
  addRoute(app, getReceipt, {
    authenticate: deps.auth.jobRequester,
    async handler({ principal, params }) {
      const job = await findOwnJob(deps, params.jobId, principal.accountId);
      return readReceipt(deps, await findJobThatRan(deps, job));
    },
  });
  addRoute(app, getReceiptKey, {
    authenticate: deps.auth.public,
    handler: async () => ({ algorithm: 'Ed25519' as const, key: deps.receiptKey.address }),
  });
}
