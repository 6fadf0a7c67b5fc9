import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import websocket from '@fastify/websocket';
import { MarketError } from '@node3/shared/error';
import { acceptContracts } from '@node3/shared/http/accept-contracts';
import { contractSchemas } from '@node3/shared/http/contract-schemas';
import { refuseAddress } from '@node3/shared/http/error-handler';
import { limits } from '@node3/shared/limits';
import { streamUrl } from '@node3/shared/routes/stream';
import type { Tracer } from '@node3/shared/tracing';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { addHttpMetrics } from '../observability/http-metrics.ts';
import type { MarketplaceMetrics } from '../observability/marketplace-metrics.ts';
import { addAgentChannel } from './agent-channel/add-agent-channel.ts';
import { addCrossOrigin } from './cross-origin.ts';
import { addBacalhauLogRoute, isBacalhauLogsPath } from './facades/bacalhau/bacalhau-logs.ts';
import { addBacalhauRoutes } from './facades/bacalhau/bacalhau-routes.ts';
import { addGalaksioRoutes } from './facades/galaksio/galaksio-routes.ts';
import { addHodeiRoutes } from './facades/hodei/hodei-routes.ts';
import { addNode3Routes } from './facades/node3/node3-routes.ts';
import { addRedmindRoutes } from './facades/redmind/redmind-routes.ts';
import type { HttpDeps } from './http-deps.ts';
import type { KeyRates } from './key-rates.ts';
import { addOrigins } from './note-origin.ts';
import { completeOpenApi } from './openapi/complete-openapi.ts';
import { problemParts } from './problem-parts.ts';
import { addRateLimit } from './rate-limit.ts';
import { refuseNewWork } from './refuse-new-work.ts';
import { addRequestContext, requestIdOf } from './request-context.ts';
import { addRequestCosts } from './request-costs.ts';
import { routeUpgrades } from './route-upgrades.ts';
import { addAccountRoutes } from './routes/accounts.ts';
import { addAdminRoutes } from './routes/admin.ts';
import { addAdminAccountRoutes } from './routes/admin-accounts.ts';
import { addAdminAgentRoutes } from './routes/admin-agents.ts';
import { addAdminViewRoutes } from './routes/admin-views.ts';
import { addAgentIdentityRoutes } from './routes/agent-identity.ts';
import { addAgentRoutes } from './routes/agents.ts';
import { addAlertRoutes } from './routes/alerts.ts';
import { addArtifactRoutes } from './routes/artifacts.ts';
import { addAuditRoutes } from './routes/audit.ts';
import { addBackupRoutes } from './routes/backup.ts';
import { addCapRoutes } from './routes/caps.ts';
import { addAdminDepositRoutes, addDepositRoutes } from './routes/deposits.ts';
import { addDeviceLoginRoutes } from './routes/device-logins.ts';
import { addEventRoutes } from './routes/events.ts';
import { addExecutionFileRoutes } from './routes/execution-files.ts';
import { addFlowRoutes } from './routes/flows.ts';
import { addGpuProofRoutes } from './routes/gpu-proofs.ts';
import { addJobBulkRoutes } from './routes/job-bulk.ts';
import { addJobImportRoutes } from './routes/job-import.ts';
import { addJobLinkRoutes } from './routes/job-links.ts';
import { addJobLogRoutes } from './routes/job-logs.ts';
import { addJobResourceRoutes } from './routes/job-resources.ts';
import { addJobRoutes } from './routes/jobs.ts';
import { addKeyRoutes } from './routes/keys.ts';
import { addLedgerRoutes } from './routes/ledger.ts';
import { addLlmsRoute } from './routes/llms.ts';
import { addMarketplaceRoutes } from './routes/marketplace.ts';
import { addMetricsRoute } from './routes/metrics.ts';
import { addOfferRoutes } from './routes/offers.ts';
import { addPayoutRoutes } from './routes/payouts.ts';
import { addProviderRoutes } from './routes/providers.ts';
import { addPublicProviderRoutes } from './routes/public-providers.ts';
import { addQuoteRoutes } from './routes/quotes.ts';
import { addRatingRoutes } from './routes/ratings.ts';
import { addReceiptRoutes } from './routes/receipts.ts';
import { addReservationRoutes } from './routes/reservations.ts';
import { addScheduleRoutes } from './routes/schedules.ts';
import { addServiceCard } from './routes/service-card.ts';
import { addSessionRoutes } from './routes/sessions.ts';
import { addSnippetRoutes } from './routes/snippets.ts';
import { addStatementRoutes } from './routes/statements.ts';
import { addStreamRoute } from './routes/stream.ts';
import { addTemplateRoutes } from './routes/templates.ts';
import { addUsageRoutes } from './routes/usage.ts';
import { addWebhookRoutes } from './routes/webhooks.ts';
import { addWithdrawalRoutes } from './routes/withdrawals.ts';
import { addX402Routes } from './routes/x402.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { addStaticFiles } from './static-files.ts';
import { StreamSockets } from './stream-sockets.ts';

/**
 * Time for a whole request to arrive; long polls and streams are answers and not bound by it. A part
 * of a file takes this long at 28 kB/s; the head of any request has a minute by Node's own rule.
 */
const requestTimeoutMs = 300_000;
const connectionTimeoutMs = 120_000;
const bodyBytesMax = 256 * 1024;

export interface ServerOptions {
  /** Proxies in front of us, as addresses or networks: what they say of a client's address is believed. */
  trustedProxies: string[];
  /** Pages of these origins may call the API with a key. */
  corsOrigins: readonly string[];
  /** Built web app, or null to serve the API alone. */
  dashboardDir: string | null;
  /** null measures nothing. */
  metrics: ServerMetrics | null;
  /** null traces nothing. */
  tracer: Tracer | null;
  /** What keys of accounts have asked for of late; null counts nothing. */
  rates: KeyRates | null;
}

export interface ServerMetrics {
  metrics: MarketplaceMetrics;
  /** The text of a scrape. */
  scrape: () => Promise<string>;
  /** null lets in programs of this machine, and nobody else. */
  token: string | null;
}

/** The HTTP service with every route, ready to listen. */
export async function createServer(
  deps: HttpDeps,
  options: ServerOptions,
): Promise<FastifyInstance> {
  const app = Fastify({
    logController: new LogController({ disableRequestLogging: true }),
    schemaController: contractSchemas,
    bodyLimit: bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: connectionTimeoutMs,
    // An empty list would have each address looked for in headers that nobody is believed about.
    trustProxy: options.trustedProxies.length > 0 && options.trustedProxies,
    // Requests under way get their answer; what comes later is told so by the hook below.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    genReqId: requestIdOf,
    // One logger for all: which request it is stands in the context of each line.
    childLoggerFactory: () => deps.log,
    routerOptions: { maxParamLength: 128 },
    frameworkErrors: refuseAddress,
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
  }) as unknown as FastifyInstance;
  // Given as an option, it would have every answer watched for its end.
  app.log = deps.log;
  app.removeContentTypeParser('text/plain');
  const activity = options.metrics === null ? null : addHttpMetrics(app, options.metrics.metrics);
  acceptContracts(app, (error) => problemParts(deps.treasury, error));
  addRequestContext(app, options.tracer);
  addCrossOrigin(app, options.corsOrigins);
  app.addHook('onRequest', (_request, _reply, done) => {
    done(deps.stopping.aborted ? new MarketError('SERVICE_STOPPING') : undefined);
  });
  await addSecurityHeaders(app);
  await addRateLimit(app);
  addOrigins(app, deps);
  refuseNewWork(app, deps);
  addRequestCosts(app, options.rates);
  const server = routeUpgrades(app.server, addAgentChannel(app, deps), isSocketPath);
  // In a scope of its own: it has a hook for each request and one for each answer.
  await app.register(async (scope) => {
    await scope.register(websocket, { options: { maxPayload: limits.logLineBytes, server } });
    const sockets = new StreamSockets();
    addStreamRoute(scope, deps, sockets);
    await scope.register(async (logs) => addBacalhauLogRoute(logs, deps, sockets));
  });
  await addDocs(app, deps.version);
  await addStaticFiles(app, deps, options.dashboardDir);
  await app.register(async (api) => {
    addMarketplaceRoutes(api, deps);
    addOfferRoutes(api, deps);
    addPublicProviderRoutes(api, deps);
    addAccountRoutes(api, deps);
    addDepositRoutes(api, deps);
    addKeyRoutes(api, deps);
    addSessionRoutes(api, deps);
    await api.register((scope) => addDeviceLoginRoutes(scope, deps));
    addRatingRoutes(api, deps);
    addBackupRoutes(api, deps);
    addCapRoutes(api, deps);
    addUsageRoutes(api, deps);
    addStatementRoutes(api, deps);
    addQuoteRoutes(api, deps);
    addWithdrawalRoutes(api, deps);
    addReceiptRoutes(api, deps);
    addJobRoutes(api, deps);
    addJobLogRoutes(api, deps);
    addJobResourceRoutes(api, deps);
    addJobLinkRoutes(api, deps);
    addJobBulkRoutes(api, deps);
    addJobImportRoutes(api, deps);
    addArtifactRoutes(api, deps);
    addExecutionFileRoutes(api, deps);
    addSnippetRoutes(api, deps);
    addTemplateRoutes(api, deps);
    addScheduleRoutes(api, deps);
    addFlowRoutes(api, deps);
    addReservationRoutes(api, deps);
    addGpuProofRoutes(api, deps);
    addX402Routes(api, deps);
    await addGalaksioRoutes(api, deps);
    addRedmindRoutes(api, deps);
    await addNode3Routes(api, deps);
    await addHodeiRoutes(api, deps);
    await addBacalhauRoutes(api, deps);
    addAgentRoutes(api, deps);
    addAgentIdentityRoutes(api, deps);
    addAdminRoutes(api, deps);
    addAdminAgentRoutes(api, deps);
    addAdminAccountRoutes(api, deps);
    addAdminViewRoutes(api, deps);
    addProviderRoutes(api, deps);
    addLedgerRoutes(api, deps);
    addPayoutRoutes(api, deps);
    addAuditRoutes(api, deps);
    addAdminDepositRoutes(api, deps);
    addEventRoutes(api, deps);
    addWebhookRoutes(api, deps);
    addAlertRoutes(api, deps);
    addLlmsRoute(api, deps);
    addServiceCard(api, deps);
    api.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  });
  if (options.metrics !== null) {
    const { metrics, scrape, token } = options.metrics;
    addMetricsRoute(app, {
      token,
      contentType: metrics.registry.contentType,
      scrape() {
        activity?.show();
        return scrape();
      },
    });
  }
  return app;
}

/** Where the framework opens sockets. */
const isSocketPath = (path: string) => path === streamUrl || isBacalhauLogsPath(path);

/** In 3.1 the names beside a scheme are the scopes that an operation needs. */
const securitySchemes = {
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key; what it may do are its scopes. X-API-Key takes it as well.',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-node3_session',
    description:
      'What POST /api/v1/sessions sets for our own pages; node3_session over plain HTTP. Changes want X-Node3-CSRF: 1.',
  },
} as const;

async function addDocs(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'node3 marketplace',
        description: 'Post jobs, run agents and follow the money. Errors are RFC 9457 problems.',
        version,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'This marketplace' }],
      components: { securitySchemes },
    },
    transformObject: (document) =>
      completeOpenApi(
        'openapiObject' in document ? document.openapiObject : document.swaggerObject,
      ),
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { tryItOutEnabled: true },
    theme: {
      title: 'node3 API',
      // The bar would show another project's name and load any other address.
      css: [{ filename: 'theme.css', content: '.swagger-ui .topbar { display: none; }' }],
    },
  });
}
