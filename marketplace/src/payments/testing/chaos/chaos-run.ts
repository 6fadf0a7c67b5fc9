import { join } from 'node:path';
import { MarketError } from '@node3/shared/error';
import { walletKeyFromSecret } from '@node3/shared/wallet-key';
import { Keypair } from '@solana/web3.js';
import { writeEmptyDatabase } from '../../../testing/empty-database.ts';
import type { RunTrace } from '../../../testing/run-trace.ts';
import { createSeededIds } from '../../../testing/seeded-ids.ts';
import type { SeededRandom } from '../../../testing/seeded-random.ts';
import { auditRun } from './chain-audit.ts';
import { ChaosClock } from './chaos-clock.ts';
import { ChaosMarket } from './chaos-market.ts';
import { ChaosNetwork } from './chaos-network.ts';
import { ChaosProcess, type ProcessEnvironment } from './chaos-process.ts';
import type { Scenario } from './chaos-scenario.ts';
import { ChaosWallets } from './chaos-wallets.ts';
import type { CrashPlan } from './crash-plan.ts';
import { fork } from './fork-storm.ts';
import type { PlantedBug } from './planted-bugs.ts';

export interface ChaosRunOptions {
  random: SeededRandom;
  scenario: Scenario;
  plan: CrashPlan;
  trace: RunTrace;
  /** Where the database lives; empty at the start. */
  folder: string;
  plant: PlantedBug | null;
}

/** One life of a marketplace, of which any number of processes may die. */
export class ChaosRun {
  readonly network: ChaosNetwork;
  readonly wallets: ChaosWallets;
  readonly market: ChaosMarket;
  readonly clock: ChaosClock;
  readonly treasury: string;
  readonly scenario: Scenario;
  readonly plan: CrashPlan;
  /** What should never have happened, as far as the run itself noticed. */
  readonly findings = new Set<string>();
  process: ChaosProcess;
  steps = 0;
  readonly #options: ChaosRunOptions;
  readonly #environment: ProcessEnvironment;
  /** Workers that are in a step now. */
  readonly #stepping: number[] = [];
  #generation = 0;

  private constructor(
    options: ChaosRunOptions,
    parts: { network: ChaosNetwork; clock: ChaosClock; treasury: Keypair },
  ) {
    const { random, scenario, plan, trace, plant } = options;
    const { network, clock } = parts;
    this.#options = options;
    this.network = network;
    this.scenario = scenario;
    this.plan = plan;
    this.clock = clock;
    const treasuryKey = walletKeyFromSecret(parts.treasury.secretKey);
    this.treasury = treasuryKey.address;
    const ids = createSeededIds(random.stream('ids'), clock);
    const { workers, settings } = scenario;
    const signed = { kinds: new Map() };
    this.#environment = {
      network,
      clock,
      ids,
      trace,
      plan,
      signed,
      treasuryKey,
      settings,
      workers,
      plant,
    };
    if (workers === 2) network.whileHanging = () => this.#stepIdle();
    const walletRandom = random.stream('wallets');
    this.wallets = new ChaosWallets({ network, trace, random: walletRandom }, scenario.wallets);
    writeEmptyDatabase(options.folder, this.#path());
    this.process = ChaosProcess.open(this.#path(), this.#environment);
    this.market = new ChaosMarket(
      {
        network,
        wallets: this.wallets,
        clock,
        ids,
        trace,
        random: random.stream('market'),
        treasury: this.treasury,
      },
      this.process,
    );
  }

  static async open(options: ChaosRunOptions): Promise<ChaosRun> {
    const { random, scenario, trace } = options;
    const clock = new ChaosClock();
    const { nodes, confirmedLagSlots, finalizedLagSlots } = scenario;
    const seed = Buffer.from(random.stream('chain').bytes(16)).toString('hex');
    const lags = { confirmedLagSlots, finalizedLagSlots };
    const network = await ChaosNetwork.open({ seed, nodes, ...lags, clock, trace });
    const treasury = Keypair.fromSeed(random.stream('treasury').bytes(32));
    const run = new ChaosRun(options, { network, clock, treasury });
    await run.market.open(scenario.capitalLamports);
    network.passSlots(finalizedLagSlots + 2);
    return run;
  }

  /** One step of a worker, and some time. Whatever dies is replaced. */
  async step(worker: number, slotsAfter: number): Promise<void> {
    this.steps += 1;
    await this.survive('step', () => this.#stepWorker(worker, 'step'));
    this.network.passSlots(slotsAfter);
  }

  /** Runs something in which the process may die; then the next one takes over. */
  async survive(what: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!this.process.life.dead) this.#judge(what, error);
    }
    while (this.process.life.dead) await this.#replace();
  }

  fork(): void {
    fork(
      this.network,
      this.treasury,
      this.#options.random.stream(`fork ${this.steps}`),
      this.#options.trace,
    );
  }

  audit(): Promise<string[]> {
    return auditRun({
      localnet: this.network.localnet,
      store: this.process.rawStore,
      treasury: this.treasury,
      reclaimedBeforeMs: this.clock.nowMs() - this.scenario.settings.receiptKeptMs,
      emptied: this.wallets.emptied,
      unanswered: this.market.unanswered,
      promised: [...this.market.promised.values()],
    });
  }

  async close(): Promise<void> {
    await this.process.close();
  }

  async #stepWorker(worker: number, what: string): Promise<void> {
    this.#stepping.push(worker);
    try {
      const report = await this.process.step(worker);
      this.#options.trace.add(`${what} of worker ${worker} ${JSON.stringify(report)}`);
    } finally {
      this.#stepping.splice(this.#stepping.indexOf(worker), 1);
    }
  }

  /** While one worker waits for an answer, the other one goes on. */
  async #stepIdle(): Promise<void> {
    const idle = [0, 1].find((worker) => !this.#stepping.includes(worker));
    if (idle === undefined) return;
    try {
      await this.#stepWorker(idle, 'meanwhile a step');
    } catch (error) {
      if (!this.process.life.dead) this.#judge('step of the other worker', error);
    }
  }

  async #replace(): Promise<void> {
    const { process } = this;
    this.#generation += 1;
    await process.bury(this.#path());
    this.process = ChaosProcess.open(this.#path(), this.#environment);
    this.market.attach(this.process);
    this.#options.trace.add(`process ${this.#generation} takes over`);
  }

  /** Only an unreachable chain is a reason for a step to fail. */
  #judge(what: string, error: unknown): void {
    const { trace, scenario } = this.#options;
    const text = error instanceof Error ? error.message : String(error);
    trace.add(`${what} failed: ${text}`);
    if (error instanceof MarketError && error.code === 'CHAIN_UNAVAILABLE') return;
    // A worker that lost its lease while it waited finds that the other one was faster.
    if (scenario.workers === 2 && overtaken.test(text)) return;
    this.findings.add(`${what} failed: ${text}`);
  }

  #path(): string {
    return join(this.#options.folder, `market-${this.#generation}.db`);
  }
}

const overtaken = /is not in|UNIQUE constraint failed: payout_|every reclaimed batch/;
