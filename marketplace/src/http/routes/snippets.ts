import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import * as contracts from '@node3/shared/routes/snippets';
import type { FastifyInstance } from 'fastify';
import {
  createSnippet,
  deleteSnippet,
  findOwnSnippet,
  listSnippets,
  replaceSnippet,
  viewSnippet,
} from '../../services/manage-snippets.ts';
import { readJobDetail } from '../../services/read-job.ts';
import { runSnippet } from '../../services/run-snippet.ts';
import type { HttpDeps } from '../http-deps.ts';
import { readIdempotencyKey } from '../idempotency-key.ts';
import { readIfMatch, tagged } from '../if-match.ts';
import { readQuoteId } from '../quote-id.ts';

export function addSnippetRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  const bodyLimit = limits.jobBodyBytes;
  addRoute(app, contracts.createSnippet, {
    authenticate,
    bodyLimit,
    handler: ({ principal, body }) => createSnippet(deps, principal.accountId, body),
  });
  addRoute(app, contracts.listSnippets, {
    authenticate,
    handler: ({ principal, query }) => listSnippets(deps, principal.accountId, query),
  });
  addRoute(app, contracts.getSnippet, {
    authenticate,
    async handler({ principal, params, reply }) {
      const row = await findOwnSnippet(deps, principal.accountId, params.snippetId);
      return tagged(reply, viewSnippet(row), [row.snippetId, row.version]);
    },
  });
  addRoute(app, contracts.putSnippet, {
    authenticate,
    bodyLimit,
    async handler({ principal, params, body, request, reply }) {
      const target = { ...params, ifMatch: readIfMatch(request) };
      const view = await replaceSnippet(deps, principal.accountId, target, body);
      return tagged(reply, view, [view.snippetId, view.version]);
    },
  });
  addRoute(app, contracts.deleteSnippet, {
    authenticate,
    handler: ({ principal, params }) => deleteSnippet(deps, principal.accountId, params.snippetId),
  });
  addRoute(app, contracts.runSnippet, {
    authenticate,
    bodyLimit,
    async handler({ principal, params, body, request, reply }) {
      const { job, replayed } = await runSnippet(deps, {
        ...principal,
        ...params,
        ...body,
        idempotencyKey: readIdempotencyKey(request),
        quoteId: readQuoteId(request),
      });
      if (replayed) void reply.header('idempotency-replayed', 'true');
      void reply.header('location', `/api/v1/jobs/${job.jobId}`);
      return readJobDetail(deps, job);
    },
  });
}
