import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '@node3/shared/client';
import { type Clock, systemClock } from '@node3/shared/clock';
import type { Offer } from '@node3/shared/device';
import { systemIds } from '@node3/shared/ids';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { createLogger, type Logger, silentLogger } from '@node3/shared/logger';
import { type Asset, baseUnits } from '@node3/shared/money';
import { createAccount } from '@node3/shared/routes/accounts';
import { registerAgent } from '@node3/shared/routes/agents';
import { type ChallengePurpose, createChallenge } from '@node3/shared/routes/auth';
import { type WalletKey, walletKeyFromSecret } from '@node3/shared/wallet-key';
import bs58 from 'bs58';
import { artifactDefaults } from '../artifact-config.ts';
import { openDiskBlobs } from '../blobs/disk/disk-blobs.ts';
import { pricingDefaults } from '../config.ts';
import { createObservability } from '../observability/observability.ts';
import { settingsOf } from '../open-blobs.ts';
import { FakePaymentRail } from '../payments/fake/fake-payment-rail.ts';
import { createKillSwitch, killSwitchPath } from '../payments/keys/kill-switch.ts';
import { settlePayouts } from '../payments/payout-settlement.ts';
import { createService, type Service, type ServiceParts } from '../service.ts';
import type { AgentLinks } from '../services/agent-links.ts';
import { creditDeposit } from '../services/claim-deposit.ts';
import { DiskRoom } from '../services/disk-room.ts';
import type { DatabaseAddress } from '../store/database-address.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { LedgerAuditor } from '../workers/ledger-auditor.ts';
import { absentTransfers } from './absent-transfers.ts';
import { databaseUnderTest } from './engine-under-test.ts';
import { testKeyring, testSecretKey } from './test-keyring.ts';

/** The real service over a real database, with a chain that isn't there. */
export interface TestMarketplace {
  url: string;
  /** Where its data lies. */
  folder: string;
  store: Store;
  /** Pays payouts past the engine, which does not run here. */
  rail: FakePaymentRail;
  agentLinks: AgentLinks;
  /** `host:port` where the options asked for gRPC; null otherwise. */
  grpcAddress: string | null;
  adminApiKey: string;
  /** How often the payout engine was woken. */
  payoutWakes: number;
  /** Calls as nobody. */
  anonymous: Client;
  /** Stops the service and starts it again on the same data, with other settings where given. */
  restart(changed?: TestOptions & { meanwhile?: () => void }): Promise<void>;
  stop(): Promise<void>;
}

export interface TestOptions {
  /** Absent: nothing is known of any disk. */
  room?: DiskRoom;
  /** Where data lies already; it is not removed at the end. */
  folder?: string;
  clock?: Clock;
  feeBasisPoints?: number;
  /** Addresses of the marketplace beside the treasury's. */
  ownWallets?: readonly string[];
  holdbackMs?: number;
  flowAllow?: ServiceParts['flowAllow'];
  operatorCaps?: ServiceParts['operatorCaps'];
  codeBytesMax?: number;
  log?: Logger;
  registration?: ServiceParts['registration'];
  blobs?: ServiceParts['blobs'];
  artifacts?: ServiceParts['artifacts'];
  cluster?: ServiceParts['cluster'];
  /** One of several replicas: what it shares with the others. Nobody but the test closes it. */
  shared?: Pick<ServiceParts, 'store' | 'bus'>;
  /** Measures, and serves /metrics to whoever shows this; null serves this machine. */
  metricsToken?: string | null | undefined;
  trustedProxies?: ServiceParts['trustedProxies'];
  corsOrigins?: ServiceParts['corsOrigins'];
  /** Absent: the API alone. */
  dashboardDir?: string;
  publicUrl?: string;
  /** Absent: no gRPC. */
  grpc?: ServiceParts['grpc'];
  /** Absent: nothing is counted. */
  unitsPerMinute?: number;
}

const adminApiKey = 'operator-key-for-tests-only';

export async function startTestMarketplace(options: TestOptions = {}): Promise<TestMarketplace> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'node3-market-')));
  const database = await databaseUnderTest(folder);
  const rail = new FakePaymentRail();
  const where = { folder, database: database.address, rail };
  let running = await startOn(where, options, 0);
  const { port } = new URL(running.url);
  const market: TestMarketplace = {
    url: running.url,
    folder,
    store: running.store,
    rail,
    agentLinks: running.service.agentLinks,
    grpcAddress: running.service.grpcAddress,
    adminApiKey,
    payoutWakes: 0,
    anonymous: createClient({ baseUrl: running.url }),
    async restart({ meanwhile, ...changed } = {}) {
      await running.service.stop();
      await running.store.close();
      meanwhile?.();
      running = await startOn(where, { ...options, ...changed }, Number(port), market);
      market.store = running.store;
      market.agentLinks = running.service.agentLinks;
      market.grpcAddress = running.service.grpcAddress;
    },
    async stop() {
      await running.service.stop();
      if (options.shared === undefined) await running.store.close();
      if (options.folder !== undefined) return;
      await database.remove();
      await rm(folder, { recursive: true });
    },
  };
  running.connect(market);
  return market;
}

interface Running {
  url: string;
  store: Store;
  service: Service;
  connect(market: TestMarketplace): void;
}

function openTestStore(database: DatabaseAddress): Promise<Store> {
  return openStore(database, {
    log: silentLogger,
    onFatal(error) {
      throw error;
    },
  });
}

async function startOn(
  { folder, database, rail }: { folder: string; database: DatabaseAddress; rail: FakePaymentRail },
  options: TestOptions,
  port: number,
  market?: TestMarketplace,
): Promise<Running> {
  let connected = market;
  const opened = options.shared?.store ?? (await openTestStore(database));
  const log = options.log ?? createLogger({ name: 'test-marketplace', level: 'error' });
  const clock = options.clock ?? systemClock;
  const token = options.metricsToken;
  const observability = token === undefined ? null : createObservability(clock);
  const store = observability?.watch(opened) ?? opened;
  const service = await createService({
    store,
    bus: options.shared?.bus ?? null,
    blobs: options.blobs ?? (await openDiskBlobs(join(folder, 'artifacts'))),
    artifacts: options.artifacts ?? settingsOf(artifactDefaults),
    backupFolder: join(folder, 'backup'),
    treasury: absentTreasury,
    deposits: absentDeposits,
    walletTransfers: absentTransfers,
    auditor: new LedgerAuditor({
      store,
      clock,
      log,
      treasury: absentTreasury,
      confirmMs: 0,
      onOpen() {},
    }),
    ownWallets: new Set([absentTreasury.wallet, ...(options.ownWallets ?? [])]),
    payoutSwitch: createKillSwitch(killSwitchPath(folder)),
    payouts: {
      wake() {
        if (connected !== undefined) connected.payoutWakes += 1;
      },
      async recheck() {
        if (connected !== undefined) connected.payoutWakes += 1;
      },
      async acceptHistory() {},
      settle: (payoutIds, signature) =>
        settlePayouts({ store, rail, clock, fp: () => undefined }, payoutIds, signature),
      status: () => ({
        state: 'idle',
        detail: 'Nothing to pay in this test.',
        warning: null,
        openBatches: 0,
        lastStepAtMs: null,
      }),
      health: () => ({ state: 'ok', detail: 'Nothing to pay in this test.' }),
    },
    x402: null,
    clock,
    ids: systemIds,
    log,
    cluster: options.cluster ?? 'localnet',
    explorerUrl: () => null,
    audit: pricingDefaults.audit,
    alertThresholds: pricingDefaults.alerts,
    room: options.room ?? new DiskRoom({ disks: [], reserveBytes: 0, log: silentLogger }),
    webhookAllow: { networks: ['127.0.0.0/8'], ports: 'any' },
    flowAllow: options.flowAllow ?? { networks: ['127.0.0.0/8'], ports: 'any' },
    leaseSecret: 'lease-secret-for-tests-only',
    keyring: testKeyring,
    receiptKey: testReceiptKey,
    adminApiKey,
    feeBasisPoints: options.feeBasisPoints ?? 500,
    quoteMs: 60_000,
    logRetentionMs: null,
    operatorCaps: options.operatorCaps ?? pricingDefaults.operatorCaps,
    codeBytesMax: options.codeBytesMax ?? pricingDefaults.codeBytesMax,
    holdbackMs: options.holdbackMs ?? 0,
    defaultImages: { container: 'c', python: 'p', javascript: 'j', typescript: 't', bash: 'b' },
    dashboardDir: options.dashboardDir ?? null,
    trustedProxies: options.trustedProxies ?? [],
    corsOrigins: options.corsOrigins ?? [],
    unitsPerMinute: options.unitsPerMinute ?? null,
    publicUrl: options.publicUrl ?? null,
    version: '0.0.0-test',
    registration: options.registration ?? 'open',
    unprovenWallets: 'refused',
    grpc: options.grpc ?? null,
    ...(observability && {
      scraped: {
        observability,
        databasePath: database.engine === 'sqlite' ? database.path : null,
        token: token ?? null,
        slots: null,
        version: '0.0.0-test',
        commit: null,
      },
    }),
  });
  const url = await service.listen('127.0.0.1', port);
  return { url, store, service, connect: (target) => (connected = target) };
}

/** One for all marketplaces of a test, so that it outlives their restarts. */
export const testReceiptKey = newTestKey();

function newTestKey(): WalletKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  const publicBytes = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return walletKeyFromSecret(Uint8Array.from([...seed, ...publicBytes]));
}

const absentTreasury = {
  wallet: '11111111111111111111111111111112',
  usdcMint: '4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU',
  rpcUrl: 'http://127.0.0.1:1',
  balances: async () => ({ SOL: null, USDC: null }),
  airdrop: () => Promise.reject(new Error('no chain in this test')),
};

const absentDeposits = {
  addresses: [],
  history: () => Promise.reject(new Error('no chain in this test')),
  read: () => Promise.reject(new Error('no chain in this test')),
};

/** A wallet of the test's own, and the two things it does here. */
export function testWallet() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const address = bs58.encode(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
  return {
    address,
    sign: async (message: Uint8Array) => sign(null, message, privateKey),
    async prove(client: Client, purpose: ChallengePurpose) {
      const challenge = await client.call(createChallenge, { body: { wallet: address, purpose } });
      const signature = bs58.encode(sign(null, Buffer.from(challenge.message), privateKey));
      return { challengeId: challenge.challengeId, signature };
    },
  };
}

/** A requester with money in the ledger. */
export async function openFundedAccount(
  market: TestMarketplace,
  funds: Partial<Record<Asset, bigint>> = { SOL: 10n ** 12n },
) {
  const wallet = testWallet();
  const proof = await wallet.prove(market.anonymous, 'account.create');
  const { account, apiKey } = await market.anonymous.call(createAccount, { body: proof });
  const credited = (Object.entries(funds) as [Asset, bigint][]).map(([asset, amount]) => ({
    asset,
    amount: baseUnits(amount),
  }));
  await creditDeposit(
    { store: market.store, clock: systemClock },
    account.accountId,
    `test-deposit-${account.accountId}`,
    credited,
  );
  const client = createClient({ baseUrl: market.url, apiKey });
  return { accountId: account.accountId, apiKey, client, wallet };
}

export async function registerTestAgent(
  market: Pick<TestMarketplace, 'anonymous' | 'url'>,
  name = 'tester',
) {
  const wallet = testWallet();
  const proof = await wallet.prove(market.anonymous, 'agent.register');
  const body = { ...proof, name, version: '0.0.0' };
  const { agentId, apiKey } = await market.anonymous.call(registerAgent, { body });
  return { agentId, apiKey, wallet, client: createClient({ baseUrl: market.url, apiKey }) };
}

export function testOffer(overrides: Partial<Offer> = {}): Offer {
  return {
    devices: [],
    isolation: 'container',
    nativeAllowed: false,
    arch: 'x64',
    cpus: 8,
    memoryBytes: 16 * 1024 ** 3,
    diskBytes: 100 * 1024 ** 3,
    slots: 4,
    secretKey: testSecretKey,
    ...overrides,
  };
}

export function testJob(overrides: Partial<JobSpecInput> = {}): JobSpecInput {
  return {
    workload: { kind: 'container', command: ['true'] },
    price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
    ...overrides,
  };
}
