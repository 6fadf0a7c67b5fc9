import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Clock, systemClock } from '@node3/shared/clock';
import { systemIds } from '@node3/shared/ids';
import { ensureKeypairFile } from '@node3/shared/keypair-file';
import { createLogger, type Logger } from '@node3/shared/logger';
import { baseUnits } from '@node3/shared/money';
import { openTracer, type Tracer } from '@node3/shared/tracing';
import { collectDefaultMetrics } from 'prom-client';
import packageJson from '../package.json' with { type: 'json' };
import type { MarketplaceConfig } from './config.ts';
import type { EventBus } from './live/event-bus.ts';
import { openBus } from './live/open-bus.ts';
import { jobTraces } from './observability/job-traces.ts';
import { createObservability, type Observability } from './observability/observability.ts';
import type { ScrapeOptions } from './observability/readings.ts';
import { artifactsFolder, openBlobs, settingsOf } from './open-blobs.ts';
import { createKillSwitch, killSwitchPath } from './payments/keys/kill-switch.ts';
import { assertProtected, loadWallets } from './payments/keys/load-wallets.ts';
import { payoutSettingsDefault } from './payments/payout-context.ts';
import { createPayoutEngine, type PayoutEngine } from './payments/payout-engine.ts';
import { explorerUrl } from './payments/solana/cluster.ts';
import { openPayments } from './payments/solana/open-payments.ts';
import type { RpcPool } from './payments/solana/rpc.ts';
import { createFeePayer } from './payments/x402/fee-payer.ts';
import { openX402 } from './payments/x402/open-x402.ts';
import { x402SettingsDefault } from './payments/x402/settlement-context.ts';
import { loadKeyring } from './secret-keys-file.ts';
import { loadSecrets } from './secrets.ts';
import { createService, type Payouts, type Service } from './service.ts';
import { type Disk, DiskRoom } from './services/disk-room.ts';
import { startDepositCursors } from './services/start-deposit-cursors.ts';
import { openStore } from './store/open-store.ts';
import type { Store } from './store/store.ts';
import { LedgerAuditor } from './workers/ledger-auditor.ts';

export interface Marketplace {
  url: string;
  /** `host:port` of gRPC; null without it. */
  grpcAddress: string | null;
  /** Drains and closes everything. */
  stop(): Promise<void>;
}

/** Play money for fees and receipts on a fresh localnet: enough for many thousand payouts. */
const localnetCapital = baseUnits(10_000_000_000n);

/** A node that is behind shows a deposit this much later than another one, and rarely more. */
const reservesConfirmMs = 5_000;

export interface StartOptions {
  /** Called when the database can't be trusted any more; the process must end. */
  onFatal?: (error: unknown) => void;
}

/** Starts the marketplace with its real store and chain. Throws when it must not start. */
export async function startMarketplace(
  config: MarketplaceConfig,
  options: StartOptions = {},
): Promise<Marketplace> {
  const log = createLogger({
    name: 'marketplace',
    level: config.logLevel,
    format: config.logFormat,
  });
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const keys = await loadKeys(config);
  const opened = await openStore(config.database, {
    log,
    onFatal: options.onFatal ?? endProcess,
  });
  const tracer = await openTracer(
    { name: 'node3-marketplace', version: packageJson.version },
    config.observability.tracing,
  );
  const isWatched = config.observability.metrics === 'on' || tracer !== null;
  const observability = isWatched ? createObservability(systemClock) : null;
  if (tracer !== null) {
    observability?.addObserver(jobTraces({ tracer, clock: systemClock, store: opened }));
  }
  const store = observability?.watch(opened) ?? opened;
  let bus: EventBus | null = null;
  try {
    const company = await openBus(config.database, log);
    bus = company.bus;
    const opening = { config, keys, store, log, observability, tracer, ...company };
    const money = await openMoney(opening);
    const { engine, x402 } = money;
    const service = await createMarketplaceService(opening, money);
    const url = await service.listen(config.host, config.port);
    engine.start();
    x402?.start();
    return {
      url,
      grpcAddress: service.grpcAddress,
      async stop() {
        // Requests that wait for a payment get their answer before the server stops waiting for them.
        await Promise.all([service.stop(), x402?.stop()]);
        await engine.stop();
        await bus?.close();
        await tracer?.stop();
        await store.close();
      },
    };
  } catch (error) {
    await bus?.close();
    await store.close();
    throw error;
  }
}

interface Opening {
  config: MarketplaceConfig;
  keys: Awaited<ReturnType<typeof loadKeys>>;
  store: Store;
  log: Logger;
  observability: Observability | null;
  bus: EventBus | null;
  clock: Clock;
  tracer: Tracer | null;
}

async function loadKeys(config: MarketplaceConfig) {
  const { dataDir, treasuryWalletPath: path, treasuryPassphrase: passphrase } = config;
  const { secretKeysFile } = config;
  const [secrets, keyring, receiptKey, wallets] = await Promise.all([
    loadSecrets(dataDir),
    secretKeysFile === null
      ? loadKeyring(join(dataDir, 'secret-keys'), 'create')
      : loadKeyring(secretKeysFile, 'refuse'),
    ensureKeypairFile(join(dataDir, 'receipt_key.json')),
    loadWallets({ path, passphrase }, config.feePayerWallet),
  ]);
  const killSwitch = createKillSwitch(killSwitchPath(dataDir));
  return { secrets, keyring, receiptKey, wallets, killSwitch };
}

/** Everything that moves money, ready to be started. Signs nothing but the treasury's own account. */
async function openMoney({ config, keys, store, log, observability, clock }: Opening) {
  const { killSwitch, wallets } = keys;
  const payments = await openPayments({
    store,
    log,
    clock,
    payoutCaps: config.payoutCaps,
    stopped: () => killSwitch.sentence(),
    key: wallets.treasury,
    usdcMint: null,
    rpcUrls: config.rpcUrls,
    mainnet: config.allowMainnet ? 'allowed' : 'refused',
    ...(observability && { onRpcCall: (call) => observability.chainCalled(call) }),
  });
  const { cluster, rail, treasury, deposits } = payments;
  const unencrypted = config.allowUnencryptedWallet ? 'allowed' : 'refused';
  await assertProtected(config.treasuryWalletPath, { cluster, unencrypted, log });
  await startDepositCursors({ store, deposits });
  await treasury.bootstrapCapital(localnetCapital);
  // With payouts stopped nothing is signed, so the account waits for the next start.
  const isOpen = killSwitch.reason() === null;
  if (cluster === 'localnet' && isOpen) await treasury.ensureUsdcAccount();
  const auditor: LedgerAuditor = new LedgerAuditor({
    store,
    treasury,
    clock,
    log,
    confirmMs: reservesConfirmMs,
    onOpen: () => engine.wake(),
  });
  const gates = [killSwitch, auditor];
  const engine = createPayoutEngine({
    store,
    rail: observability?.watchRail(rail) ?? rail,
    clock,
    ids: systemIds,
    log,
    settings: payoutSettingsDefault,
    gates,
  });
  const x402 = config.x402Enabled
    ? await openX402({
        ...payments,
        store,
        clock,
        log,
        ids: systemIds,
        payTo: treasury.wallet,
        gates,
        feePayer: createFeePayer(wallets.feePayer, () => killSwitch.sentence()),
        settings: {
          ...x402SettingsDefault,
          dailyFeeLamportsMax: config.x402DailyFeeLamportsMax,
        },
      })
    : null;
  return { payments, auditor, engine, x402 };
}

async function createMarketplaceService(
  { config, keys, store, log, observability, tracer, bus, clock }: Opening,
  { payments, auditor, engine, x402 }: Awaited<ReturnType<typeof openMoney>>,
): Promise<Service> {
  const { cluster, treasury, deposits, transfers: walletTransfers } = payments;
  const { wallets } = keys;
  return createService({
    store,
    bus,
    blobs: await openBlobs(config),
    artifacts: settingsOf(config.artifacts),
    backupFolder: join(config.dataDir, 'backup'),
    log,
    treasury,
    deposits,
    walletTransfers,
    ownWallets: new Set([wallets.treasury.address, wallets.feePayer.address]),
    clock,
    cluster,
    auditor,
    payouts: payoutsOf(engine),
    payoutSwitch: keys.killSwitch,
    x402,
    ids: systemIds,
    explorerUrl: (signature) => explorerUrl(cluster, signature, config.explorerUrl),
    audit: config.audit,
    webhookAllow: config.webhookAllow,
    flowAllow: config.flowAllow,
    alertThresholds: config.alerts,
    room: new DiskRoom({ disks: disksOf(config), reserveBytes: config.diskReserveBytes, log }),
    leaseSecret: keys.secrets.leaseSecret,
    keyring: keys.keyring,
    receiptKey: keys.receiptKey,
    adminApiKey: config.adminApiKey,
    feeBasisPoints: config.feeBasisPoints,
    operatorCaps: config.operatorCaps,
    codeBytesMax: config.codeBytesMax,
    quoteMs: config.quoteSec * 1_000,
    holdbackMs: config.holdbackSec * 1_000,
    logRetentionMs: config.logRetentionDays === 0 ? null : config.logRetentionDays * dayMs,
    defaultImages: config.defaultImages,
    dashboardDir: config.dashboardDir,
    trustedProxies: config.trustedProxies,
    corsOrigins: config.corsOrigins,
    unitsPerMinute: config.unitsPerMinute === 0 ? null : config.unitsPerMinute,
    publicUrl: config.publicUrl,
    version: packageJson.version,
    registration: config.registration,
    grpc: config.grpc,
    unprovenWallets: config.unprovenWallets,
    tracer,
    ...(observability &&
      config.observability.metrics === 'on' && {
        scraped: scrapedOf(config, observability, payments.rpc),
      }),
  });
}

function scrapedOf(
  { observability: { metricsToken, commit }, database }: MarketplaceConfig,
  observability: Observability,
  rpc: RpcPool,
): ScrapeOptions {
  collectDefaultMetrics({ register: observability.metrics.registry });
  return {
    observability,
    commit,
    databasePath: database.engine === 'sqlite' ? database.path : null,
    token: metricsToken,
    version: packageJson.version,
    slots: {
      urls: rpc.urls,
      read: (url) =>
        rpc.callAt(url, 'getSlot', []).then(
          ({ result }) => Number(result),
          () => null,
        ),
    },
  };
}

const dayMs = 86_400_000;

function disksOf({ artifacts, dataDir, database }: MarketplaceConfig): Disk[] {
  const disks: Disk[] = [{ name: 'data', folder: dataDir }];
  if (database.engine === 'sqlite')
    disks.push({ name: 'database', folder: dirname(database.path) });
  if (artifacts.s3 === null) disks.push({ name: 'artifacts', folder: artifactsFolder(dataDir) });
  return disks;
}

const failingDetail = 'The last payout step failed; it is tried again. The log says why.';

/** Long enough for the answers under way to say that nothing was acknowledged. */
const fatalExitMs = 500;

/** The store refuses everything by now; a new process finds out what is on the disk. */
function endProcess(error: unknown): void {
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `The database could not be written: ${why}. Nothing that was acknowledged is lost.\n` +
      'Make room or repair the disk, then start the marketplace again.\n',
  );
  setTimeout(() => process.exit(70), fatalExitMs);
}

function payoutsOf(engine: PayoutEngine): Payouts {
  return {
    wake: () => engine.wake(),
    recheck: () => engine.recheck(),
    acceptHistory: () => engine.acceptHistory(),
    settle: (payoutIds, signature) => engine.settle(payoutIds, signature),
    status: () => engine.status(),
    health() {
      const { state, detail, warning } = engine.status();
      if (state === 'halted') return { state: 'failed', detail };
      // Everybody may read /health; what an endpoint or a library said belongs into the log.
      if (state === 'failing') return { state: 'degraded', detail: failingDetail };
      const degraded = state === 'waiting' || state === 'stopped';
      if (degraded || warning === null) return { state: degraded ? 'degraded' : 'ok', detail };
      return { state: 'degraded', detail: warning };
    },
  };
}
