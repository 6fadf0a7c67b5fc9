import { addRoute } from '@node3/shared/http/add-route';
import { importLimits } from '@node3/shared/import/import-limits';
import { importJobs as importJobsContract } from '@node3/shared/routes/job-import';
import type { FastifyInstance } from 'fastify';
import { importJobs, previewImport } from '../../services/import-jobs.ts';
import type { HttpDeps } from '../http-deps.ts';
import { readIdempotencyKey } from '../idempotency-key.ts';

export function addJobImportRoutes(app: FastifyInstance, deps: HttpDeps): void {
  addRoute(app, importJobsContract, {
    authenticate: deps.auth.requester,
    bodyLimit: importLimits.documentBytes,
    async handler({ principal, query, body, request, reply }) {
      const asked = { ...principal, query, document: body };
      if (query.dryRun === true) return previewImport(deps, asked);
      const idempotencyKey = readIdempotencyKey(request);
      const { replayed, answer } = await importJobs(deps, { ...asked, idempotencyKey });
      if (replayed) void reply.header('idempotency-replayed', 'true');
      return answer;
    },
  });
}
