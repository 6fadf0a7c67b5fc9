import { copyFileSync, existsSync, rmSync, truncateSync } from 'node:fs';
import type { Ids } from '@node3/shared/ids';
import { silentLogger } from '@node3/shared/logger';
import { baseUnits, baseUnitsMax } from '@node3/shared/money';
import type { WalletKey } from '@node3/shared/wallet-key';
import { createSqlStore } from '../../../store/sql/sql-store.ts';
import { SqliteDatabase } from '../../../store/sqlite/sqlite-database.ts';
import type { Store } from '../../../store/store.ts';
import type { RunTrace } from '../../../testing/run-trace.ts';
import { createTreasurySigner } from '../../keys/signer.ts';
import type { PaymentRail } from '../../payment-rail.ts';
import type { PayoutSettings } from '../../payout-context.ts';
import { createPayoutEngine, type PayoutEngine } from '../../payout-engine.ts';
import { createRpcPool } from '../../solana/rpc.ts';
import { createSolanaPaymentRail } from '../../solana/solana-payment-rail.ts';
import type { ChaosClock } from './chaos-clock.ts';
import type { ChaosNetwork } from './chaos-network.ts';
import type { CrashPlan } from './crash-plan.ts';
import { guardRail, type SignedLog } from './guarded-rail.ts';
import { guardStore } from './guarded-store.ts';
import type { PlantedBug } from './planted-bugs.ts';
import { ProcessLife } from './process-life.ts';

/** Below this a wallet without a USDC account waits for more. */
export const usdcAccountCreateMin = baseUnits(1_000n);

export interface ProcessEnvironment {
  network: ChaosNetwork;
  clock: ChaosClock;
  ids: Ids;
  trace: RunTrace;
  plan: CrashPlan;
  signed: SignedLog;
  treasuryKey: WalletKey;
  settings: PayoutSettings;
  /** How many payout workers the process runs; with two, one should stand by. */
  workers: 1 | 2;
  plant: PlantedBug | null;
}

/** One process of the marketplace, as far as money goes, on one database file. */
export class ChaosProcess {
  readonly life: ProcessLife;
  /** Dies with the process. */
  readonly store: Store;
  readonly rail: PaymentRail;
  readonly engines: readonly PayoutEngine[];
  /** For what has to succeed whatever happens: the run's own preparations and questions. */
  readonly rawStore: Store;
  readonly #path: string;
  readonly #environment: ProcessEnvironment;
  readonly #steps = new Set<Promise<unknown>>();

  private constructor(path: string, environment: ProcessEnvironment) {
    const { plan, trace, plant, ids, clock, settings } = environment;
    this.#path = path;
    this.#environment = environment;
    this.life = new ProcessLife(plan, trace, path);
    const sqlite = new SqliteDatabase({ path, log: silentLogger, onFatal: () => undefined });
    // As in production: the lock on the file proves that the one before is dead.
    sqlite.forgetLeases();
    this.rawStore = createSqlStore(sqlite);
    const guarded = guardStore(this.rawStore, this.life);
    this.store = plant?.store?.(guarded, { sqlite, ids, clock }) ?? guarded;
    const rail = guardRail(openRail(environment, this.life), this.life, environment.signed);
    this.rail = plant?.rail?.(rail) ?? rail;
    this.engines = Array.from({ length: environment.workers }, () =>
      createPayoutEngine({
        store: this.store,
        rail: this.rail,
        clock,
        ids,
        log: silentLogger,
        gates: [],
        settings,
        fp: (point) => this.life.reach(`at ${point}`),
      }),
    );
  }

  static open(path: string, environment: ProcessEnvironment): ChaosProcess {
    return new ChaosProcess(path, environment);
  }

  /** One step of one worker. Rejects with Crash when the process died in it. */
  async step(worker: number) {
    const { plant, clock } = this.#environment;
    const engine = this.engines[worker];
    if (engine === undefined) throw new Error(`there is no worker ${worker}`);
    const run = async () => {
      await plant?.beforeStep?.({ store: this.store, rail: this.rail, clock });
      return engine.step(clock.nowMs());
    };
    const step = run();
    this.#steps.add(step);
    try {
      return await step;
    } finally {
      this.#steps.delete(step);
    }
  }

  /**
   * What is left after the crash: the bytes that were written, less a torn commit's end. The next
   * process finds them at `nextPath`.
   */
  async bury(nextPath: string): Promise<void> {
    await Promise.allSettled(this.#steps);
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    copyDatabase(this.#path, nextPath);
    const { tornWrite } = this.life;
    if (tornWrite !== null && existsSync(`${nextPath}-wal`)) {
      const { fromByte, toByte } = tornWrite;
      const lost = this.#environment.ids.secret(4);
      const cut =
        fromByte + (Buffer.from(lost, 'base64url').readUInt32LE(0) % (toByte - fromByte + 1));
      this.#environment.trace.add(`power fails at byte ${cut} of ${fromByte} to ${toByte}`);
      truncateSync(`${nextPath}-wal`, cut);
    }
    await this.rawStore.close();
    removeDatabase(this.#path);
  }

  async close(): Promise<void> {
    await this.rawStore.close();
  }
}

function openRail(environment: ProcessEnvironment, life: ProcessLife): PaymentRail {
  const { network, clock, treasuryKey } = environment;
  const { usdcMint } = network.localnet;
  const most = baseUnits(baseUnitsMax);
  const payoutMax = { SOL: most, USDC: most };
  const rpc = createRpcPool({
    urls: network.urls,
    clock,
    log: silentLogger,
    transport: network.transport(() => life.assertAlive()),
    pause: async (ms) => network.pass(ms),
  });
  const caps = { payout: most, hour: most, day: most };
  const policy = {
    usdcMint,
    caps: { SOL: caps, USDC: caps },
    priorityFeeLamportsMax: 1_000_000n,
    stopped: () => null,
  };
  const signer = createTreasurySigner(treasuryKey, policy, clock);
  return createSolanaPaymentRail({
    rpc,
    signer,
    clock,
    options: {
      usdcMint,
      usdcAccountPolicy: { countedFor: 'everybody', owedMin: usdcAccountCreateMin },
      payoutMax,
      unitPriceMin: 1_000n,
      unitPriceMax: 100_000n,
    },
  });
}

function copyDatabase(from: string, to: string): void {
  copyFileSync(from, to);
  if (existsSync(`${from}-wal`)) copyFileSync(`${from}-wal`, `${to}-wal`);
}

function removeDatabase(path: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true });
}
