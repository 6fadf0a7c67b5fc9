import { addRoute } from '@node3/shared/http/add-route';
import * as contracts from '@node3/shared/routes/webhooks';
import type { FastifyInstance } from 'fastify';
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  listDeliveries,
  listWebhooks,
  readDelivery,
  readWebhook,
  replayDelivery,
  rotateWebhookSecret,
  testWebhook,
} from '../../services/manage-webhooks.ts';
import { replayWebhook } from '../../services/replay-webhook.ts';
import { versionOfWebhook } from '../../services/webhook-views.ts';
import type { HttpDeps } from '../http-deps.ts';
import { readIfMatch, tagged } from '../if-match.ts';
import { publicWriteLimit } from '../rate-limit.ts';

export function addWebhookRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  addRoute(app, contracts.createWebhook, {
    authenticate,
    config: publicWriteLimit,
    handler: ({ principal, body }) => createWebhook(deps, principal, body),
  });
  addRoute(app, contracts.listWebhooks, {
    authenticate,
    handler: ({ principal }) => listWebhooks(deps, principal.accountId),
  });
  addRoute(app, contracts.getWebhook, {
    authenticate,
    async handler({ principal, params, reply }) {
      const view = await readWebhook(deps, principal.accountId, params.webhookId);
      return tagged(reply, view, versionOfWebhook(view));
    },
  });
  addRoute(app, contracts.changeWebhook, {
    authenticate,
    async handler({ principal, params, body, request, reply }) {
      const ifMatch = readIfMatch(request);
      const view = await changeWebhook(deps, principal, params.webhookId, body, ifMatch);
      return tagged(reply, view, versionOfWebhook(view));
    },
  });
  addRoute(app, contracts.deleteWebhook, {
    authenticate,
    handler: ({ principal, params }) => deleteWebhook(deps, principal, params.webhookId),
  });
  addRoute(app, contracts.rotateWebhookSecret, {
    authenticate,
    config: publicWriteLimit,
    handler: ({ principal, params, request }) =>
      rotateWebhookSecret(deps, principal, params.webhookId, readIfMatch(request)),
  });
  addRoute(app, contracts.testWebhook, {
    authenticate,
    config: publicWriteLimit,
    handler: ({ principal, params }) => testWebhook(deps, principal.accountId, params.webhookId),
  });
  addDeliveryRoutes(app, deps);
}

function addDeliveryRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  addRoute(app, contracts.listDeliveries, {
    authenticate,
    handler: ({ principal, params, query }) =>
      listDeliveries(deps, principal.accountId, params.webhookId, query),
  });
  addRoute(app, contracts.getDelivery, {
    authenticate,
    handler: ({ principal, params }) => readDelivery(deps, principal.accountId, params),
  });
  addRoute(app, contracts.replayDelivery, {
    authenticate,
    config: publicWriteLimit,
    handler: ({ principal, params }) => replayDelivery(deps, principal.accountId, params),
  });
  addRoute(app, contracts.replayWebhook, {
    authenticate,
    config: publicWriteLimit,
    handler: ({ principal, params, body }) =>
      replayWebhook(deps, principal.accountId, params.webhookId, body),
  });
}
