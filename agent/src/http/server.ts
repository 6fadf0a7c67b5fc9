import helmet from '@fastify/helmet';
import websocket from '@fastify/websocket';
import { assert } from '@node3/shared/assert';
import { MarketError } from '@node3/shared/error';
import { acceptContracts } from '@node3/shared/http/accept-contracts';
import { contractSchemas } from '@node3/shared/http/contract-schemas';
import { refuseAddress } from '@node3/shared/http/error-handler';
import type { Logger } from '@node3/shared/logger';
import Fastify, { type FastifyInstance, type FastifyRequest, LogController } from 'fastify';
import { agentLimits } from '../agent-limits.ts';
import type { AgentScrape } from '../observability/agent-scrape.ts';
import { addDashboardFiles } from './dashboard-files.ts';
import {
  addSeedRoutes,
  addSeedSocket,
  readSeedStatus,
  type SeedFacadeDeps,
} from './facades/node3-seed/seed-routes.ts';
import { findRefusal } from './guard.ts';
import { LocalAccess, type LocalAccessOptions } from './local-access.ts';
import type { LocalApi, LocalMachine } from './local-api.ts';
import { addAgentLocalRoutes } from './routes/agent-local.ts';
import { addAgentMachineRoutes } from './routes/agent-machine.ts';
import { addConfigRoute } from './routes/config-json.ts';
import { addSessionRoutes } from './routes/local-session.ts';
import { addMarketProxy } from './routes/market-proxy.ts';
import { addMetricsRoute } from './routes/metrics.ts';
import { addStreamRoute } from './routes/stream.ts';
import { StatusFeed } from './status-feed.ts';

export interface LocalServerOptions {
  api: LocalApi;
  machine: LocalMachine;
  /** 0 takes any free port. */
  port: number;
  dashboardDir: string | null;
  version: string;
  log: Logger;
  scrape: AgentScrape;
  /** What the facade of the node3 seed reads besides. */
  seed: Omit<SeedFacadeDeps, 'api'>;
  access: LocalAccessOptions;
  /** null lets in every program of this machine. */
  metricsToken: string | null;
}

export interface LocalServer {
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** The status changed: open dashboards are told soon. */
  changed(): void;
  close(): Promise<void>;
}

const websocketBytesMax = 1024;

/** The agent's own API and dashboard. It listens on loopback only, whatever is configured. */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const app = Fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    schemaController: contractSchemas,
    bodyLimit: agentLimits.localBodyBytes,
    forceCloseConnections: true,
    frameworkErrors: refuseAddress,
  }) as unknown as FastifyInstance;
  let port = options.port;
  // Before the guard: it closes the socket of an upgrade that the guard refuses.
  await addWebSockets(app);
  const access = new LocalAccess(options.access);
  app.addHook('onRequest', async (request) => {
    const { headers, method, routeOptions } = request;
    const refusal = findRefusal(describe(request), port);
    if (refusal !== null) throw new MarketError(refusal.code, { detail: refusal.detail });
    access.check(method, routeOptions.url, headers);
  });
  acceptContracts(app);
  await addSecurityHeaders(app);
  const { api, log } = options;
  const feed = new StatusFeed({ log, body: () => JSON.stringify(api.status()) });
  const seedFeed = new StatusFeed({ log, body: () => JSON.stringify(readSeedStatus(api)) });
  await app.register(async (scope) => {
    addStreamRoute(scope, feed);
    addSeedSocket(scope, seedFeed);
  });
  addAgentLocalRoutes(app, api, access);
  addAgentMachineRoutes(app, options.machine);
  addMarketProxy(app, options.seed.link);
  addSessionRoutes(app, access);
  addSeedRoutes(app, { api, ...options.seed });
  addConfigRoute(app, options.version);
  addMetricsRoute(app, options.scrape, options.metricsToken);
  await addDashboardFiles(app, options.dashboardDir);
  const close = async () => {
    await Promise.all([feed.stop(), seedFeed.stop()]);
    await app.close();
  };
  try {
    await app.listen({ host: '127.0.0.1', port: options.port });
  } catch (error) {
    // What goes on would keep the process from ending.
    await close();
    throw error;
  }
  const address = app.server.address();
  assert(typeof address === 'object' && address !== null, 'a listening server has an address');
  port = address.port;
  return {
    url: `http://127.0.0.1:${port}`,
    changed() {
      feed.changed();
      seedFeed.changed();
    },
    close,
  };
}

function describe(request: FastifyRequest) {
  const { headers, method, raw, routeOptions, url } = request;
  // The address as it was sent may hide the route behind escapes.
  const path = routeOptions.url ?? url;
  return { method, path, headers, upgrade: raw.headers.upgrade !== undefined };
}

/** A tab that does not answer the closing of its socket must not hold up the end of the agent. */
async function addWebSockets(app: FastifyInstance): Promise<void> {
  await app.register(websocket, {
    options: { maxPayload: websocketBytesMax },
    preClose(done) {
      for (const client of app.websocketServer.clients) client.terminate();
      done();
    },
  });
}

/** Inline styles are what the component library writes; scripts come from our own files alone. */
async function addSecurityHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: false,
  });
}
