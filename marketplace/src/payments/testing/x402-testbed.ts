import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Localnet, startLocalnet } from '@node3/localnet/localnet';
import { type Client, createClient } from '@node3/shared/client';
import { systemClock } from '@node3/shared/clock';
import { systemIds } from '@node3/shared/ids';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { silentLogger } from '@node3/shared/logger';
import { type BaseUnits, baseUnits } from '@node3/shared/money';
import { createX402Job } from '@node3/shared/routes/x402';
import type { WalletKey } from '@node3/shared/wallet-key';
import { createKeyPairSignerFromBytes } from '@solana/kit';
import { decodePaymentRequiredHeader, encodePaymentSignatureHeader } from '@x402/core/http';
import type { PaymentPayload, PaymentRequired } from '@x402/core/types';
import { wrapFetchWithPayment, x402Client, type x402ClientConfig } from '@x402/fetch';
import { ExactSvmScheme } from '@x402/svm/exact/client';
import { artifactDefaults } from '../../artifact-config.ts';
import { pricingDefaults } from '../../config.ts';
import { settingsOf } from '../../open-blobs.ts';
import { createService, type Service, type ServiceParts } from '../../service.ts';
import { DiskRoom } from '../../services/disk-room.ts';
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts';
import type { Store } from '../../store/store.ts';
import { absentBlobs } from '../../testing/absent-blobs.ts';
import { absentTransfers } from '../../testing/absent-transfers.ts';
import { assureDatabase } from '../../testing/empty-database.ts';
import { testKeyring } from '../../testing/test-keyring.ts';
import { testReceiptKey } from '../../testing/test-marketplace.ts';
import { LedgerAuditor } from '../../workers/ledger-auditor.ts';
import type { PaymentRail } from '../payment-rail.ts';
import { openPayments } from '../solana/open-payments.ts';
import type { SolanaTreasury } from '../solana/solana-treasury.ts';
import { createFeePayer } from '../x402/fee-payer.ts';
import { openX402, type RunningX402 } from '../x402/open-x402.ts';
import {
  type X402FaultPoint,
  type X402Settings,
  x402SettingsDefault,
} from '../x402/settlement-context.ts';
import { keyOf, newWallet, type Wallet } from './payout-testbed.ts';

export interface X402TestOptions {
  settings?: Partial<X402Settings>;
  usdcAccount?: 'open' | 'missing';
  fp?: (point: X402FaultPoint) => void;
  /** Whether another wallet than the treasury pays the network's fees. */
  feePayer?: 'treasury' | 'separate';
  /** How long blocks can still be taken back, in slots of 80 ms. */
  finalizedLagSlots?: number;
}

/** One process of the marketplace; a second one on the same file is a restart. */
export interface X402Process {
  store: Store;
  x402: RunningX402;
  treasury: SolanaTreasury;
  rail: PaymentRail;
  service: Service;
  url: string;
}

/** The real service with real payments on a real localnet, and stock clients that pay it. */
export class X402Testbed {
  readonly localnet: Localnet;
  readonly folder: string;
  readonly wallet = newWallet();
  readonly feeWallet = newWallet();
  readonly adminApiKey = 'operator-key-for-tests-only';
  /** Bytes that are free; new work leaves 100 of them. */
  readonly disk = { free: 1_000 };
  readonly room = new DiskRoom({
    disks: [{ name: 'database', folder: '' }],
    reserveBytes: 100,
    log: silentLogger,
    read: async () => ({ ...this.disk, whole: 1_000 }),
  });
  process!: X402Process;
  /** Set, it forbids every signature, as the operator's switch does. */
  stopped: string | null = null;
  /** Set, it closes the gate that a ledger which doesn't add up closes. */
  halted: string | null = null;

  constructor(localnet: Localnet, folder: string) {
    this.localnet = localnet;
    this.folder = folder;
  }

  static async start(options: X402TestOptions = {}): Promise<X402Testbed> {
    const localnet = await startLocalnet({
      httpPort: 0,
      slotMs: 80,
      dataDir: null,
      finalizedLagSlots: options.finalizedLagSlots ?? 2,
      log: silentLogger,
      clock: systemClock,
    });
    const testbed = new X402Testbed(localnet, await mkdtemp(join(tmpdir(), 'node3-x402-')));
    await testbed.open(options);
    return testbed;
  }

  get url(): string {
    return this.process.url;
  }

  get anonymous(): Client {
    return createClient({ baseUrl: this.url });
  }

  /** Starts a process on the file, as after a crash or a stop of the one before. */
  async open(options: X402TestOptions = {}): Promise<X402Process> {
    const path = join(this.folder, 'market.db');
    const onFatal = () => undefined;
    assureDatabase(path);
    const store = openSqliteStore({ path, log: silentLogger, onFatal });
    const key = keyOf(this.wallet);
    const payments = await openPayments({
      store,
      key,
      payoutCaps: { SOL: {}, USDC: {} },
      stopped: () => null,
      log: silentLogger,
      clock: systemClock,
      usdcMint: null,
      rpcUrls: [this.localnet.rpcUrl],
      mainnet: 'refused',
    });
    const { treasury, deposits } = payments;
    await treasury.bootstrapCapital(baseUnits(5_000_000_000n));
    if (options.usdcAccount !== 'missing') await treasury.ensureUsdcAccount();
    const x402 = await openX402({
      ...payments,
      store,
      clock: systemClock,
      log: silentLogger,
      ids: systemIds,
      payTo: treasury.wallet,
      gates: [{ check: async () => this.stopped ?? this.halted }],
      feePayer: createFeePayer(await this.#feePayerKey(options), () => this.stopped),
      settings: {
        ...x402SettingsDefault,
        dailyFeeLamportsMax: baseUnits(50_000_000n),
        creditAfterMs: 0,
        pollMs: 20,
        resendMs: 50,
        ...options.settings,
      },
      ...(options.fp === undefined ? {} : { fp: options.fp }),
    });
    const { adminApiKey, room } = this;
    const service = await createTestService({ store, treasury, deposits, x402, room }, adminApiKey);
    const url = await service.listen('127.0.0.1', 0);
    this.process = { store, x402, treasury, rail: payments.rail, service, url };
    return this.process;
  }

  async #feePayerKey({ feePayer }: X402TestOptions): Promise<WalletKey> {
    if (feePayer !== 'separate') return keyOf(this.wallet);
    this.localnet.airdrop(this.feeWallet.address, 1_000_000_000n);
    this.localnet.advanceSlots(2);
    return keyOf(this.feeWallet);
  }

  /** Ends the process without letting it finish anything, and starts another on its file. */
  async crash(options: X402TestOptions = {}): Promise<X402Process> {
    const { store, service, x402 } = this.process;
    await store.close();
    await Promise.allSettled([service.stop(), x402.stop()]);
    return this.open(options);
  }

  async stop(): Promise<void> {
    const { store, service, x402 } = this.process;
    await Promise.all([service.stop(), x402.stop()]);
    await store.close();
    await this.localnet.stop();
    await rm(this.folder, { recursive: true });
  }

  /** A wallet with USDC, and a little SOL that x402 never asks for. */
  buyer(microUsdc = 10_000_000n): Wallet {
    const wallet = newWallet();
    if (microUsdc > 0n) this.localnet.mintUsdc(wallet.address, microUsdc);
    return wallet;
  }

  /** The stock client of this wallet, unchanged; `send` may watch or change what goes out. */
  async payingFetch(buyer: Wallet, send: typeof fetch = fetch): Promise<typeof fetch> {
    return wrapFetchWithPayment(send, await this.stockClient(buyer));
  }

  async stockClient(
    buyer: Wallet,
    spendControls?: x402ClientConfig['spendControls'],
  ): Promise<x402Client> {
    const signer = await createKeyPairSignerFromBytes(buyer.keypair.secretKey);
    const scheme = new ExactSvmScheme(signer, { rpcUrl: this.localnet.rpcUrl });
    return x402Client.fromConfig({
      schemes: [{ network: 'solana:*', client: scheme }],
      ...(spendControls === undefined ? {} : { spendControls }),
    });
  }

  post(
    body: unknown,
    headers: Record<string, string> = {},
    send = fetch,
    path: string = createX402Job.url,
  ): Promise<Response> {
    return send(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  /** What the marketplace asks for this body. */
  async challenge(body: unknown): Promise<PaymentRequired> {
    const response = await this.post(body);
    return decodePaymentRequiredHeader(response.headers.get('payment-required') ?? '');
  }

  /** A payment for this body as the stock client signs it, not sent yet. */
  async payload(buyer: Wallet, body: unknown): Promise<PaymentPayload> {
    const client = await this.stockClient(buyer);
    return client.createPaymentPayload(await this.challenge(body));
  }

  /** Sends a body with a payment. */
  pay(body: unknown, payload: PaymentPayload, headers: Record<string, string> = {}) {
    const signature = encodePaymentSignatureHeader(payload);
    return this.post(body, { 'payment-signature': signature, ...headers });
  }

  async usdcOf(wallet: string): Promise<BaseUnits> {
    const { value } = (await this.rpc('getTokenAccountsByOwner', [
      wallet,
      { mint: this.localnet.usdcMint },
      { encoding: 'jsonParsed', commitment: 'processed' },
    ])) as { value: ParsedToken[] };
    const amounts = value.map(({ account }) => account.data.parsed.info.tokenAmount.amount);
    return baseUnits(amounts.reduce((sum, amount) => sum + BigInt(amount), 0n));
  }

  async rpc(method: string, params: readonly unknown[]): Promise<unknown> {
    const response = await fetch(this.localnet.rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    return ((await response.json()) as { result: unknown }).result;
  }

  /** Turns of the settler until every payment has ended. */
  async settleAll(): Promise<void> {
    const { store, x402 } = this.process;
    for (;;) {
      await x402.step();
      const open = await store.unsettledX402(Number.MAX_SAFE_INTEGER, 100);
      if (open.length === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

interface ParsedToken {
  account: { data: { parsed: { info: { tokenAmount: { amount: string } } } } };
}

function createTestService(
  parts: Pick<ServiceParts, 'store' | 'treasury' | 'deposits' | 'x402' | 'room'>,
  adminApiKey: string,
): Promise<Service> {
  return createService({
    ...parts,
    walletTransfers: absentTransfers,
    bus: null,
    blobs: absentBlobs,
    artifacts: settingsOf(artifactDefaults),
    backupFolder: join(tmpdir(), 'node3-x402-backup'),
    auditor: new LedgerAuditor({
      store: parts.store,
      treasury: parts.treasury,
      clock: systemClock,
      log: silentLogger,
      confirmMs: 0,
      onOpen: () => undefined,
    }),
    ownWallets: new Set([parts.treasury.wallet]),
    payoutSwitch: { reason: () => null, sentence: () => null, stop() {}, start() {} },
    payouts: {
      wake: () => undefined,
      recheck: async () => undefined,
      acceptHistory: async () => undefined,
      settle: () => Promise.reject(new Error('nothing is settled by hand in this test')),
      status: () => ({
        state: 'idle',
        detail: 'Nothing is due.',
        warning: null,
        openBatches: 0,
        lastStepAtMs: null,
      }),
      health: () => ({ state: 'ok', detail: 'Nothing to pay in this test.' }),
    },
    clock: systemClock,
    ids: systemIds,
    log: silentLogger,
    cluster: 'localnet',
    explorerUrl: () => null,
    audit: pricingDefaults.audit,
    alertThresholds: pricingDefaults.alerts,
    webhookAllow: { networks: ['127.0.0.0/8'], ports: 'any' },
    flowAllow: {},
    leaseSecret: 'lease-secret-for-tests-only',
    keyring: testKeyring,
    receiptKey: testReceiptKey,
    adminApiKey,
    feeBasisPoints: 500,
    quoteMs: 60_000,
    logRetentionMs: null,
    operatorCaps: pricingDefaults.operatorCaps,
    codeBytesMax: pricingDefaults.codeBytesMax,
    holdbackMs: 0,
    defaultImages: { container: 'c', python: 'p', javascript: 'j', typescript: 't', bash: 'b' },
    dashboardDir: null,
    trustedProxies: [],
    unitsPerMinute: null,
    corsOrigins: [],
    publicUrl: null,
    version: '0.0.0-test',
    registration: 'open',
    unprovenWallets: 'refused',
  });
}

/** A job with a reward in USDC; with the fee of 5 % it costs 0.0105 USDC. */
export function usdcJob(overrides: Partial<JobSpecInput> = {}): JobSpecInput {
  return {
    workload: { kind: 'container', command: ['true'] },
    price: { kind: 'fixed', reward: { amount: '0.01', asset: 'USDC' } },
    ...overrides,
  };
}
