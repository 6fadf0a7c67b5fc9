import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import { createQuote } from '@node3/shared/routes/quotes';
import type { FastifyInstance } from 'fastify';
import { quoteJob } from '../../services/quote-job.ts';
import type { HttpDeps } from '../http-deps.ts';
import { publicWriteLimit } from '../rate-limit.ts';

export function addQuoteRoutes(app: FastifyInstance, deps: HttpDeps): void {
  addRoute(app, createQuote, {
    authenticate: deps.auth.public,
    config: publicWriteLimit,
    bodyLimit: limits.jobBodyBytes,
    handler: ({ body }) => quoteJob(deps, body, null),
  });
}
