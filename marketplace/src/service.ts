import type { Clock } from '@node3/shared/clock';
import type { FetchAllowance } from '@node3/shared/fetch/fetch-rules';
import type { Ids } from '@node3/shared/ids';
import type { DefaultImages } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import type { Loop } from '@node3/shared/loop';
import type { Asset } from '@node3/shared/money';
import type { Health } from '@node3/shared/routes/health';
import type { Tracer } from '@node3/shared/tracing';
import type { WalletKey } from '@node3/shared/wallet-key';
import type { BlobStore } from './blobs/blob-store.ts';
import { type Core, openCore } from './core.ts';
import type { AlertThresholds } from './domain/alert-conditions.ts';
import type { Caps } from './domain/spending-caps.ts';
import { ProofChecker } from './gpu-proof/proof-checker.ts';
import type { GrpcServer } from './grpc/grpc-server.ts';
import type { GrpcConfig } from './grpc-config.ts';
import { createAuthenticator } from './http/auth.ts';
import { clientAddresses } from './http/client-address.ts';
import { closeServer } from './http/close-server.ts';
import type { HttpDeps } from './http/http-deps.ts';
import { KeyRates } from './http/key-rates.ts';
import { createServer, type ServerMetrics } from './http/server.ts';
import type { EventBus } from './live/event-bus.ts';
import { expiredJobs } from './observability/expired-jobs.ts';
import { createReadings, type ScrapeOptions } from './observability/readings.ts';
import { createScrape } from './observability/scrape.ts';
import { openGrpc } from './open-grpc.ts';
import type { DepositSource } from './payments/deposit-source.ts';
import type { PayoutSwitch } from './payments/payout-switch.ts';
import type { Treasury } from './payments/treasury-port.ts';
import type { WalletTransfers } from './payments/wallet-transfers.ts';
import type { X402 } from './payments/x402-port.ts';
import type { AgentLinks } from './services/agent-links.ts';
import type { ArtifactSettings } from './services/artifact-deps.ts';
import { type AuditAddress, auditAddress } from './services/audit-address.ts';
import { AuthFailures } from './services/auth-failures.ts';
import type { DiskRoom } from './services/disk-room.ts';
import { KeyUses } from './services/key-uses.ts';
import { startEntry } from './services/note-start.ts';
import type { PayoutOperation } from './services/operate-payouts.ts';
import type { OwnWallets } from './services/own-wallets.ts';
import { PartWriters } from './services/part-writers.ts';
import { readHealth } from './services/read-health.ts';
import type { RegistrationPolicy } from './services/register-agent.ts';
import type { Keyring } from './services/secret-keyring.ts';
import { createSignedLinks } from './services/signed-links.ts';
import { Backups } from './services/take-backup.ts';
import { Transfers } from './services/transfers.ts';
import type { Store } from './store/store.ts';
import { startAlertWatcher } from './workers/alert-watcher.ts';
import { startArtifactSweeper } from './workers/artifact-sweeper.ts';
import { startAuditKeeper } from './workers/audit-keeper.ts';
import { startDepositWatcher } from './workers/deposit-watcher.ts';
import { startDiskWatcher } from './workers/disk-watcher.ts';
import { FlowRunner } from './workers/flow-runner.ts';
import { startGpuChallenger } from './workers/gpu-challenger.ts';
import type { LedgerAuditor } from './workers/ledger-auditor.ts';
import { startLogRetention } from './workers/log-retention.ts';
import { startProviderWatcher } from './workers/provider-watcher.ts';
import { startScheduleFirer } from './workers/schedule-firer.ts';
import { WebhookWorker } from './workers/webhook-worker.ts';

/** The payout engine as the rest of the service sees it. */
export interface Payouts extends PayoutOperation {
  health(): Health['checks']['payouts'];
}

/** What the audit log keeps, and how long. */
export interface AuditSettings {
  address: AuditAddress;
  retentionDays: number;
}

export interface ServiceParts {
  store: Store;
  /** Other processes that work on the same store; null where there can be none. */
  bus: EventBus | null;
  /** Where the bytes of artifacts lie. */
  blobs: BlobStore;
  artifacts: ArtifactSettings;
  /** Where a backup lies until it is sent. */
  backupFolder: string;
  treasury: Treasury;
  deposits: DepositSource;
  walletTransfers: WalletTransfers;
  ownWallets: OwnWallets;
  payouts: Payouts;
  payoutSwitch: PayoutSwitch;
  /** null: requests can't be paid with themselves. */
  x402: X402 | null;
  auditor: LedgerAuditor;
  clock: Clock;
  ids: Ids;
  log: Logger;
  cluster: NonNullable<Health['cluster']>;
  explorerUrl: (signature: string) => string | null;
  audit: AuditSettings;
  /** Where webhooks may lead beyond the public internet. */
  webhookAllow: FetchAllowance;
  /** Where requests of flows may. */
  flowAllow: FetchAllowance;
  alertThresholds: AlertThresholds;
  /** The disks that are written to. */
  room: DiskRoom;
  leaseSecret: string;
  keyring: Keyring;
  /** Signs receipts and nothing else. */
  receiptKey: WalletKey;
  adminApiKey: string;
  feeBasisPoints: number;
  /** Caps that hold for every account. */
  operatorCaps: Record<Asset, Caps>;
  /** The longest inline code that is taken. */
  codeBytesMax: number;
  /** How long a quote stands. */
  quoteMs: number;
  /** How long the log of an ended job is kept; null is for ever. */
  logRetentionMs: number | null;
  /** Time for disputes between acceptance and payout. */
  holdbackMs: number;
  defaultImages: DefaultImages;
  dashboardDir: string | null;
  trustedProxies: string[];
  corsOrigins: readonly string[];
  /** What a key of an account may ask for in a minute; null counts nothing. */
  unitsPerMinute: number | null;
  publicUrl: string | null;
  version: string;
  /** Whether agents register freely, or with a token of the operator only. */
  registration: RegistrationPolicy;
  /** Whether agents that prove no wallet may register without a token, outside of localnet too. */
  unprovenWallets: 'allowed' | 'refused';
  /** Absent: no gRPC, and nothing of it is loaded. */
  grpc?: GrpcConfig | null;
  /** Absent: nothing is traced. */
  tracer?: Tracer | null;
  /** Absent: nothing is measured, and there is no /metrics. */
  scraped?: ScrapeOptions;
}

export interface Service {
  /** Which agents hold a socket. */
  readonly agentLinks: AgentLinks;
  /** `host:port` of gRPC while it is served; null without it. */
  readonly grpcAddress: string | null;
  /** Starts to serve; port 0 takes any. @returns the URL. */
  listen(host: string, port: number): Promise<string>;
  /** Ends polls and streams, finishes requests, stops the workers. The store stays open. */
  stop(): Promise<void>;
}

/** A deposit shows within a second of its finality on localnet; public endpoints count our calls. */
const depositPollMs = { localnet: 250, elsewhere: 5_000 };

/** The marketplace around a store and a chain, whichever they are. */
export async function createService(parts: ServiceParts): Promise<Service> {
  const { store, clock, ids, log, payouts, auditor, cluster, room } = parts;
  const stopping = new AbortController();
  let firer: Loop | null = null;
  const core = await openCore({
    store,
    clock,
    ids,
    log,
    simulated: cluster === 'localnet' ? 'allowed' : 'refused',
    ownWallets: parts.ownWallets,
    leaseSecret: parts.leaseSecret,
    keyring: parts.keyring,
    room,
    feeBasisPoints: parts.feeBasisPoints,
    holdbackMs: parts.holdbackMs,
    bus: parts.bus,
    wakePayouts: () => payouts.wake(),
    wakeSchedules: () => firer?.wake(),
    ...(parts.scraped && { measures: parts.scraped.observability.measures }),
  });
  const { presence, operatorAccountId, jobTokens, knownKeys } = core;
  const startedAtMs = clock.nowMs();
  const authFailures = new AuthFailures({ store, clock });
  const keyUses = new KeyUses({ store, clock });
  const addressOf = clientAddresses(parts.trustedProxies);
  const { codeBytesMax, defaultImages, operatorCaps } = parts;
  const artifactDeps = {
    ...core,
    blobs: parts.blobs,
    artifacts: parts.artifacts,
    backups: new Backups({ store, clock, folder: parts.backupFolder }),
    partWriters: new PartWriters(),
    transfers: new Transfers(),
    signedLinks: createSignedLinks(parts.leaseSecret),
  };
  const { webhookAllow, flowAllow } = parts;
  const jobParts = { codeBytesMax, operatorCaps, defaultImages };
  const flowRunner = new FlowRunner({ ...core, ...jobParts, flowAllow });
  const deps: HttpDeps = {
    ...artifactDeps,
    proofChecker: new ProofChecker(),
    deposits: parts.deposits,
    walletTransfers: parts.walletTransfers,
    receiptKey: parts.receiptKey,
    quoteMs: parts.quoteMs,
    ...jobParts,
    flowRunner,
    cluster,
    auth: createAuthenticator({
      store,
      clock,
      adminApiKey: parts.adminApiKey,
      publicUrl: parts.publicUrl,
      operatorAccountId,
      jobTokens,
      knownKeys,
      keyUses,
      onRefused(request, code, keyId) {
        const ip = auditAddress(addressOf(request), parts.audit.address);
        authFailures.note({ code, ip, keyId });
      },
    }),
    authFailures,
    auditAddress: parts.audit.address,
    webhookAllow,
    x402: parts.x402,
    treasury: parts.treasury,
    ownWallets: parts.ownWallets,
    payouts,
    ledger: auditor,
    payoutSwitch: parts.payoutSwitch,
    wakeSchedules: () => firer?.wake(),
    version: parts.version,
    publicUrl: parts.publicUrl,
    registration: parts.registration,
    unprovenWallets: cluster === 'localnet' ? 'allowed' : parts.unprovenWallets,
    stopping: stopping.signal,
    explorerUrl: parts.explorerUrl,
    readHealth: () =>
      readHealth({
        store,
        clock,
        cluster,
        startedAtMs,
        room,
        treasury: parts.treasury,
        version: parts.version,
        ledgerCheck: () => auditor.health(),
        payoutCheck: () => payouts.health(),
      }),
  };
  const rates = ratesOf(parts);
  const app = await createServer(deps, {
    dashboardDir: parts.dashboardDir,
    trustedProxies: parts.trustedProxies,
    corsOrigins: parts.corsOrigins,
    metrics: metricsOf({ ...core, auditor, room, x402: parts.x402 }, parts.scraped),
    tracer: parts.tracer ?? null,
    rates,
  });
  const openOrPause = () => {
    const isPaused = core.intake.switchOf('pause-matching') !== null || room.refusal !== null;
    if (isPaused) core.matchmaker.pause();
    else core.matchmaker.resume();
    firer?.wake();
  };
  room.onChange(openOrPause);
  core.intake.onSwitch(openOrPause);
  await room.look();
  openOrPause();
  let loops: Loop[] = [];
  let grpc: GrpcServer | null = null;
  return {
    agentLinks: core.agentLinks,
    get grpcAddress() {
      return grpc?.address ?? null;
    },
    async listen(host, port) {
      const url = await app.listen({ host, port });
      try {
        const marketplaceUrl = parts.publicUrl ?? url;
        grpc = await openGrpc(parts.grpc ?? null, deps, { rates, addressOf, marketplaceUrl });
      } catch (error) {
        // What listens and turns already would keep the process from ending.
        stopping.abort();
        core.matchmaker.stop();
        await closeServer(app);
        throw error;
      }
      await store.appendAudit([startEntry(parts, startedAtMs)]);
      firer = startScheduleFirer({ ...core, ...jobParts });
      loops = [
        startDiskWatcher({ room, log }),
        firer,
        ...core.startWorkers(),
        flowRunner.start(),
        startArtifactSweeper(artifactDeps),
        auditor.start(),
        ...(parts.logRetentionMs === null
          ? []
          : [startLogRetention({ ...core, logRetentionMs: parts.logRetentionMs })]),
        startAlertWatcher({
          ...core,
          ids,
          alertThresholds: parts.alertThresholds,
          treasuryLamports: () => auditor.found.reserves?.SOL.onChain ?? null,
          ledgerProblem() {
            const { state, detail } = auditor.health();
            return state === 'failed' ? detail : null;
          },
          diskFreeRatio: () => room.freeRatio(),
        }),
        new WebhookWorker({
          ...core,
          ids,
          webhookAllow,
          random: Math.random,
          webhookTimeoutMs: limits.webhookTimeoutMs,
        }).start(),
        startGpuChallenger({ ...core, ids, random: Math.random }),
        keyUses.start(log),
        startAuditKeeper({ ...core, authFailures, retentionDays: parts.audit.retentionDays }),
        startProviderWatcher(core),
        startDepositWatcher({
          ...core,
          deposits: parts.deposits,
          intervalMs: cluster === 'localnet' ? depositPollMs.localnet : depositPollMs.elsewhere,
        }),
      ];
      return url;
    },
    async stop() {
      stopping.abort();
      core.matchmaker.stop();
      await Promise.all(loops.map((loop) => loop.stop()));
      await Promise.all([closeServer(app), grpc?.stop()]);
      await core.usageBook.settled();
      const contacts = presence.takeRest();
      if (contacts.length > 0) await store.recordAgentContacts(contacts);
      await authFailures.flush();
      await keyUses.flush();
    },
  };
}

function ratesOf({ clock, unitsPerMinute }: ServiceParts): KeyRates | null {
  if (unitsPerMinute === null) return null;
  return new KeyRates({ clock, unitsPerMinute, keysMax: limits.countedKeysMax });
}

function metricsOf(
  deps: Parameters<typeof createReadings>[0] & Pick<Core, 'log' | 'clock' | 'simulated'>,
  options: ScrapeOptions | undefined,
): ServerMetrics | null {
  if (options === undefined) return null;
  const { metrics } = options.observability;
  options.observability.addObserver(expiredJobs({ ...deps, metrics }));
  const scrape = createScrape({ ...deps, metrics }, createReadings(deps, options));
  return { metrics, scrape, token: options.token };
}
