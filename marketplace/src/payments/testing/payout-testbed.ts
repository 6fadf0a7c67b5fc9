import { type Localnet, startLocalnet } from '@node3/localnet/localnet';
import { type Clock, systemClock } from '@node3/shared/clock';
import { systemIds } from '@node3/shared/ids';
import { silentLogger } from '@node3/shared/logger';
import { type Asset, type BaseUnits, baseUnits, baseUnitsMax } from '@node3/shared/money';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { type WalletKey, walletKeyFromSecret } from '@node3/shared/wallet-key';
import {
  Connection,
  Keypair,
  PublicKey,
  SystemProgram,
  Transaction,
  type TransactionInstruction,
} from '@solana/web3.js';
import { chainTreasury, operatorCapital, providerPayable } from '../../domain/ledger-accounts.ts';
import type { Observability } from '../../observability/observability.ts';
import { insertPayoutIn } from '../../store/sql/payout-store.ts';
import { createSqlStore } from '../../store/sql/sql-store.ts';
import { SqliteDatabase } from '../../store/sqlite/sqlite-database.ts';
import type { Store } from '../../store/store.ts';
import { assureDatabase } from '../../testing/empty-database.ts';
import { createTreasurySigner } from '../keys/signer.ts';
import {
  type FaultPoint,
  type PayoutSettings,
  payoutSettingsDefault,
  type StepReport,
} from '../payout-context.ts';
import { createPayoutEngine, type PayoutEngine } from '../payout-engine.ts';
import type { PayoutGate } from '../payout-gate.ts';
import type { PayoutSwitch } from '../payout-switch.ts';
import { readAccounts } from '../solana/chain-reads.ts';
import { readUsdcDestination } from '../solana/destinations.ts';
import { createRpcPool, type RpcPool } from '../solana/rpc.ts';
import { createSolanaPaymentRail } from '../solana/solana-payment-rail.ts';
import { createSolanaTreasury, type SolanaTreasury } from '../solana/solana-treasury.ts';
import { usdcAccountOf } from '../solana/transaction-builder.ts';

export const sol = (lamports: bigint): BaseUnits => baseUnits(lamports);

export interface Wallet {
  keypair: Keypair;
  address: string;
}

export function newWallet(): Wallet {
  const keypair = Keypair.generate();
  return { keypair, address: keypair.publicKey.toBase58() };
}

export function keyOf(wallet: Wallet): WalletKey {
  return walletKeyFromSecret(wallet.keypair.secretKey);
}

/** One process of the marketplace, as far as payouts go. A second one on the same file is a restart. */
export interface PayoutProcess {
  engine: PayoutEngine;
  store: Store;
  sqlite: SqliteDatabase;
  treasury: Wallet;
  clock: Clock;
  close(): Promise<void>;
}

export interface ProcessOptions {
  path: string;
  treasury: Wallet;
  rpcUrls?: string[];
  settings?: Partial<PayoutSettings>;
  usdcAccountCreateMin?: BaseUnits;
  payoutMax?: BaseUnits;
  /** What may leave within an hour and within a day; without limit when absent. */
  payoutHourMax?: BaseUnits;
  payoutDayMax?: BaseUnits;
  killSwitch?: PayoutSwitch & PayoutGate;
  gates?: readonly PayoutGate[];
  /** The testbed's own by default, which stands still. */
  clock?: Clock;
  fp?: (point: FaultPoint) => void;
  /** Hears of what the engine does. */
  observability?: Observability;
  /** Called with each SQL statement before it runs. */
  onStatement?: (sql: string) => void;
}

/** A localnet with slots made by the test, a treasury with capital, and processes on database files. */
export class PayoutTestbed {
  readonly localnet: Localnet;
  readonly clock = new ManualClock();
  readonly rpc: RpcPool;
  readonly usdcMint: string;

  constructor(localnet: Localnet) {
    this.localnet = localnet;
    this.usdcMint = localnet.usdcMint;
    this.rpc = createRpcPool({ urls: [localnet.rpcUrl], clock: systemClock, log: silentLogger });
  }

  static async start(): Promise<PayoutTestbed> {
    const localnet = await startLocalnet({
      httpPort: 0,
      slotMs: 'manual',
      dataDir: null,
      log: silentLogger,
      clock: systemClock,
    });
    return new PayoutTestbed(localnet);
  }

  open(options: ProcessOptions): PayoutProcess {
    const { rpc, usdcMint } = this;
    const clock = options.clock ?? this.clock;
    assureDatabase(options.path);
    const sqlite = new SqliteDatabase({
      path: options.path,
      log: silentLogger,
      onFatal: () => undefined,
      ...(options.onStatement === undefined ? {} : { onStatement: options.onStatement }),
    });
    const { observability } = options;
    const opened = createSqlStore(sqlite);
    const store = observability?.watch(opened) ?? opened;
    const payoutMax = options.payoutMax ?? baseUnitsMax;
    const cap: Record<Asset, BaseUnits> = { SOL: sol(payoutMax), USDC: sol(payoutMax) };
    const hour = options.payoutHourMax ?? sol(baseUnitsMax);
    const day = options.payoutDayMax ?? sol(baseUnitsMax);
    const caps = { payout: sol(payoutMax < hour ? payoutMax : hour), hour, day };
    const policy = {
      usdcMint,
      caps: { SOL: caps, USDC: caps },
      priorityFeeLamportsMax: 1_000_000n,
      stopped: () => options.killSwitch?.sentence() ?? null,
    };
    const signer = createTreasurySigner(keyOf(options.treasury), policy, clock);
    const rail = createSolanaPaymentRail({
      rpc:
        options.rpcUrls === undefined
          ? rpc
          : createRpcPool({ urls: options.rpcUrls, clock, log: silentLogger }),
      signer,
      clock,
      options: {
        usdcMint,
        usdcAccountPolicy: {
          countedFor: 'everybody',
          owedMin: options.usdcAccountCreateMin ?? sol(1n),
        },
        payoutMax: cap,
        unitPriceMin: 1_000n,
        unitPriceMax: 100_000n,
      },
    });
    const engine = createPayoutEngine({
      store,
      rail: observability?.watchRail(rail) ?? rail,
      clock,
      ids: systemIds,
      log: silentLogger,
      gates: [...(options.gates ?? []), ...(options.killSwitch ? [options.killSwitch] : [])],
      settings: { ...payoutSettingsDefault, resendMs: 0, leaseMs: 0, ...options.settings },
      ...(options.fp === undefined ? {} : { fp: options.fp }),
    });
    return { engine, store, sqlite, treasury: options.treasury, clock, close: () => store.close() };
  }

  /** A treasury with SOL and USDC on chain; only the SOL is capital. */
  async treasury(lamports = 10_000_000_000n, microUsdc = 1_000_000_000n): Promise<Wallet> {
    const wallet = newWallet();
    this.localnet.airdrop(wallet.address, lamports);
    if (microUsdc > 0n) this.localnet.mintUsdc(wallet.address, microUsdc);
    this.localnet.advanceSlots(4);
    return wallet;
  }

  /** Books capital that is on chain already. */
  async addCapital({ store }: PayoutProcess, lamports: bigint): Promise<void> {
    await this.post(store, `capital:${systemIds.next('batch')}`, operatorCapital, 'SOL', lamports);
  }

  /** A payout that is due, and the deposited money that is owed for it. @returns its id. */
  async addPayout(
    process: PayoutProcess,
    wallet: string,
    asset: Asset,
    amount: bigint,
  ): Promise<string> {
    const payoutId = systemIds.next('payout');
    if (asset === 'SOL') this.localnet.airdrop(process.treasury.address, amount);
    const { store, sqlite } = process;
    const agentId = `agt_${wallet.slice(0, 8)}`;
    await this.post(store, `earn:${payoutId}`, providerPayable(agentId), asset, amount);
    await sqlite.write((tx) =>
      insertPayoutIn(
        tx,
        {
          payoutId,
          kind: 'earning',
          ledgerAccount: providerPayable(agentId),
          jobId: systemIds.next('job'),
          executionId: systemIds.next('execution'),
          agentId,
          wallet,
          asset,
          amount: baseUnits(amount),
          dueAtMs: process.clock.nowMs(),
        },
        null,
        this.clock.nowMs(),
      ),
    );
    return payoutId;
  }

  /** One payout for each wallet, all in one write, and the deposited money that is owed for them. */
  async addPayouts(
    process: PayoutProcess,
    wallets: readonly string[],
    asset: Asset,
    amount: bigint,
  ): Promise<void> {
    const { store, sqlite, treasury } = process;
    const total = amount * BigInt(wallets.length);
    if (asset === 'SOL') this.localnet.airdrop(treasury.address, total);
    const agentId = systemIds.next('agent');
    const ledgerAccount = providerPayable(agentId);
    await this.post(store, `earn:${agentId}`, ledgerAccount, asset, total);
    const nowMs = process.clock.nowMs();
    await sqlite.write(function* (tx) {
      for (const wallet of wallets) {
        const payout = {
          payoutId: systemIds.next('payout'),
          kind: 'earning' as const,
          ledgerAccount,
          jobId: systemIds.next('job'),
          executionId: systemIds.next('execution'),
          agentId,
          wallet,
          asset,
          amount: baseUnits(amount),
          dueAtMs: nowMs,
        };
        yield* insertPayoutIn(tx, payout, null, nowMs);
      }
    });
  }

  /** Steps and makes slots until nothing is on its way or the step count runs out. */
  async settle({ engine }: PayoutProcess, steps = 40): Promise<StepReport> {
    let report = await this.step(engine);
    for (let made = 1; made < steps && (report.open > 0 || report.opened > 0); made += 1) {
      report = await this.step(engine);
    }
    return report;
  }

  async step(engine: PayoutEngine): Promise<StepReport> {
    const report = await engine.step(this.clock.nowMs());
    this.localnet.advanceSlots(1);
    this.clock.advance(100);
    return report;
  }

  async lamportsOf(address: string): Promise<bigint> {
    const [account = null] = await readAccounts(this.rpc, [address], 'processed');
    return account?.lamports ?? 0n;
  }

  async usdcOf(wallet: string): Promise<bigint> {
    const address = usdcAccountOf(this.usdcMint, wallet);
    const [account = null] = await readAccounts(this.rpc, [address], 'processed');
    const found = readUsdcDestination(account, wallet, this.usdcMint);
    return found.state === 'usable' ? found.amount : 0n;
  }

  /** A transfer made by hand with this wallet's key, past every engine. */
  async sendAs(wallet: Wallet, to: string, lamports: bigint): Promise<void> {
    const transfer = SystemProgram.transfer({
      fromPubkey: wallet.keypair.publicKey,
      toPubkey: new PublicKey(to),
      lamports,
    });
    await this.sendInstructions(wallet, [transfer]);
  }

  /** @returns the signature. */
  async sendInstructions(
    { keypair }: Wallet,
    instructions: readonly TransactionInstruction[],
  ): Promise<string> {
    const connection = new Connection(this.localnet.rpcUrl, 'processed');
    const transaction = new Transaction().add(...instructions);
    transaction.feePayer = keypair.publicKey;
    transaction.recentBlockhash = (await connection.getLatestBlockhash('processed')).blockhash;
    transaction.sign(keypair);
    return connection.sendRawTransaction(transaction.serialize(), { skipPreflight: true });
  }

  treasuryOf({ store }: PayoutProcess, wallet: Wallet): SolanaTreasury {
    const none = { payout: sol(0n), hour: sol(0n), day: sol(0n) };
    const policy = {
      usdcMint: this.usdcMint,
      caps: { SOL: none, USDC: none },
      priorityFeeLamportsMax: 0n,
      stopped: () => null,
    };
    const signer = createTreasurySigner(keyOf(wallet), policy, systemClock);
    return createSolanaTreasury({
      rpc: this.rpc,
      cluster: 'localnet',
      signer,
      usdcMint: this.usdcMint,
      store,
      clock: systemClock,
      log: silentLogger,
    });
  }

  async post(store: Store, id: string, credit: string, asset: Asset, amount: bigint) {
    const transfer = {
      transferId: id,
      debit: chainTreasury,
      credit,
      asset,
      amount: baseUnits(amount),
      kind: 'deposit',
      ref: id,
    } as const;
    await store.postTransfers([transfer], [], this.clock.nowMs());
  }
}
