import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import {
  archiveTemplate as archiveTemplateContract,
  copyTemplate as copyTemplateContract,
  createTemplate as createTemplateContract,
  createTemplateVersion,
  getTemplate,
  hideTemplate as hideTemplateContract,
  listGallery as listGalleryContract,
  listTemplates as listTemplatesContract,
  previewTemplate as previewTemplateContract,
  runTemplate as runTemplateContract,
  setTemplateVisibility,
} from '@node3/shared/routes/templates';
import type { FastifyInstance } from 'fastify';
import {
  addTemplateVersion,
  archiveTemplate,
  createTemplate,
  listTemplates,
  readTemplate,
} from '../../services/manage-templates.ts';
import { readJobDetail } from '../../services/read-job.ts';
import { previewTemplate, runTemplate } from '../../services/run-template.ts';
import {
  copyTemplate,
  hideTemplate,
  listGallery,
  shareTemplate,
} from '../../services/share-template.ts';
import type { HttpDeps } from '../http-deps.ts';
import { readIdempotencyKey } from '../idempotency-key.ts';
import { readIfMatch, tagged } from '../if-match.ts';
import { readQuoteId } from '../quote-id.ts';

export function addTemplateRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  const bodyLimit = limits.jobBodyBytes;
  addRoute(app, createTemplateContract, {
    authenticate,
    bodyLimit,
    handler: ({ principal, body }) => createTemplate(deps, principal.accountId, body),
  });
  addRoute(app, createTemplateVersion, {
    authenticate,
    bodyLimit,
    async handler({ principal, params, body, request, reply }) {
      const target = { ...params, ifMatch: readIfMatch(request) };
      const view = await addTemplateVersion(deps, principal.accountId, target, body);
      return tagged(reply, view, [view.templateId, view.version]);
    },
  });
  addRoute(app, listTemplatesContract, {
    authenticate,
    handler: ({ principal, query }) => listTemplates(deps, principal.accountId, query),
  });
  addRoute(app, getTemplate, {
    authenticate,
    async handler({ principal, params, query, reply }) {
      const view = await readTemplate(deps, principal.accountId, { ...params, ...query });
      return tagged(reply, view, [view.templateId, view.version]);
    },
  });
  addRoute(app, archiveTemplateContract, {
    authenticate,
    handler: ({ principal, params }) =>
      archiveTemplate(deps, principal.accountId, params.templateId),
  });
  addRunRoutes(app, deps);
  addGalleryRoutes(app, deps);
}

function addGalleryRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  addRoute(app, listGalleryContract, {
    authenticate: deps.auth.public,
    handler: ({ query }) => listGallery(deps, query),
  });
  addRoute(app, setTemplateVisibility, {
    authenticate,
    handler: ({ principal, params, body }) =>
      shareTemplate(deps, principal.accountId, params.templateId, body),
  });
  addRoute(app, copyTemplateContract, {
    authenticate,
    handler: ({ principal, params }) => copyTemplate(deps, principal.accountId, params.templateId),
  });
  addRoute(app, hideTemplateContract, {
    authenticate: deps.auth.operator,
    handler: ({ params, body }) => hideTemplate(deps, params.templateId, body),
  });
}

function addRunRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  const bodyLimit = limits.jobBodyBytes;
  addRoute(app, runTemplateContract, {
    authenticate,
    bodyLimit,
    async handler({ principal, params, body, request, reply }) {
      const { job, replayed } = await runTemplate(deps, {
        ...principal,
        ...params,
        run: body,
        idempotencyKey: readIdempotencyKey(request),
        quoteId: readQuoteId(request),
      });
      if (replayed) void reply.header('idempotency-replayed', 'true');
      void reply.header('location', `/api/v1/jobs/${job.jobId}`);
      return readJobDetail(deps, job);
    },
  });
  addRoute(app, previewTemplateContract, {
    authenticate,
    bodyLimit,
    async handler({ principal, params, body }) {
      const { templateId } = params;
      const filled = await previewTemplate(deps, principal.accountId, templateId, body);
      const { version, spec, secretEnv } = filled;
      return { templateId, version, spec, secretEnv: Object.keys(secretEnv) };
    },
  });
}
