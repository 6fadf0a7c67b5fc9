import { Server, ServerCredentials, type ServerOptions } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { grpcLimits } from '@node3/shared/grpc-limits';
import { limits } from '@node3/shared/limits';
import { HealthImplementation } from 'grpc-health-check';
import { type GrpcConfig, readPemFiles } from '../grpc-config.ts';
import type { HttpDeps } from '../http/http-deps.ts';
import { KeyRates } from '../http/key-rates.ts';
import { LogFollowers } from '../http/log-followers.ts';
import type { GrpcDeps } from './grpc-deps.ts';
import { errorStatuses } from './grpc-errors.ts';
import { listenForGrpc } from './listen-for-grpc.ts';
import { loadProtos, type Protos, serviceNames } from './load-protos.ts';
import { auditService } from './services/audit.ts';
import { jobExecutionService } from './services/job-execution.ts';
import { logStreamService } from './services/log-stream.ts';
import { metricsService } from './services/metrics.ts';
import { providerManagementService } from './services/provider-management.ts';
import { schedulerService } from './services/scheduler.ts';
import { workerAgentService } from './services/worker-agent.ts';

const serverOptions: ServerOptions = {
  'grpc.max_receive_message_length': grpcLimits.receivedBytes,
  'grpc.max_send_message_length': grpcLimits.sentBytes,
  'grpc.max_concurrent_streams': grpcLimits.callsPerConnection,
  'grpc.keepalive_time_ms': grpcLimits.keepaliveMs,
  'grpc.keepalive_timeout_ms': grpcLimits.keepaliveTimeoutMs,
  'grpc.max_connection_idle_ms': grpcLimits.connectionIdleMs,
  // What it would keep of each call is for a service that we don't offer.
  'grpc.enable_channelz': 0,
};

export interface GrpcServer {
  /** `host:port` that it listens on. */
  address: string;
  /** Takes no more calls, waits a moment for those under way, and ends the rest. */
  stop(): Promise<void>;
}

/** What gRPC has beside what it shares with HTTP. */
export type GrpcParts = Pick<GrpcDeps, 'rates' | 'addressOf' | 'marketplaceUrl'>;

/** Serves gRPC until it is stopped. Throws ConfigError, and the system's error for a port that is taken. */
export async function startGrpcServer(
  config: GrpcConfig,
  httpDeps: HttpDeps,
  parts: GrpcParts,
): Promise<GrpcServer> {
  const protos = loadProtos();
  const { clock, log } = httpDeps;
  const deps: GrpcDeps = {
    ...httpDeps,
    ...parts,
    statusOf: errorStatuses(protos, log),
    streams: new LogFollowers('streams', grpcLimits.streamsPerAccount),
    publicRates: new KeyRates({
      clock,
      unitsPerMinute: grpcLimits.publicPerMinute,
      keysMax: limits.countedKeysMax,
    }),
  };
  const server = new Server(serverOptions);
  addServices(server, protos, deps);
  const health = new HealthImplementation(statusMap('SERVING'));
  health.addToServer(server);
  new ReflectionService(protos.packageDefinition).addToServer(server);
  const listening = await listenForGrpc(server, await credentialsOf(config), config, {
    clock,
    log,
  });
  return {
    address: `${hostIn(config)}:${listening.port}`,
    async stop() {
      for (const name of Object.keys(statusMap('NOT_SERVING')))
        health.setStatus(name, 'NOT_SERVING');
      const closed = listening.close();
      await shutDown(server);
      // Their last words may still be on their way.
      const late = setTimeout(() => listening.destroy(), grpcLimits.stopGraceMs);
      await closed;
      clearTimeout(late);
    },
  };
}

function addServices(server: Server, protos: Protos, deps: GrpcDeps): void {
  const implementations = {
    JobExecutionService: jobExecutionService(deps),
    WorkerAgentService: workerAgentService(deps),
    SchedulerService: schedulerService(deps),
    LogStreamService: logStreamService(deps),
    MetricsService: metricsService(deps),
    ProviderManagementService: providerManagementService(deps),
    AuditService: auditService(deps),
  };
  for (const name of serviceNames) server.addService(protos.serviceOf(name), implementations[name]);
}

/** The server as a whole goes by no name. */
function statusMap(status: 'SERVING' | 'NOT_SERVING') {
  const names = ['', ...serviceNames.map((name) => `hodei.${name}`)];
  return Object.fromEntries(names.map((name) => [name, status] as const));
}

function hostIn({ host }: GrpcConfig): string {
  return host.includes(':') ? `[${host}]` : host;
}

async function credentialsOf({
  tls,
  firstFrameMs = grpcLimits.firstFrameMs,
}: GrpcConfig): Promise<ServerCredentials> {
  if (tls === null) return ServerCredentials.createInsecure();
  const { cert, key, clientCa } = await readPemFiles(tls);
  const pair = { cert_chain: cert, private_key: key };
  const credentials = ServerCredentials.createSsl(clientCa, [pair], clientCa !== null);
  // Node's own is two minutes, and gRPC has no option for it.
  // oxlint-disable-next-line no-underscore-dangle
  Object.assign(credentials._getConstructorOptions() ?? {}, { handshakeTimeout: firstFrameMs });
  return credentials;
}

async function shutDown(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const late = setTimeout(() => server.forceShutdown(), grpcLimits.stopGraceMs);
  server.tryShutdown(() => resolve());
  await promise;
  clearTimeout(late);
}
