import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Counts } from '../../../testing/counter.ts';
import { RunTrace } from '../../../testing/run-trace.ts';
import { SeededRandom } from '../../../testing/seeded-random.ts';
import { ChaosRun } from './chaos-run.ts';
import { type Scenario, scenarioOf } from './chaos-scenario.ts';
import { CrashPlan } from './crash-plan.ts';
import { playEpisode } from './episodes.ts';
import { strikeNodes } from './fault-storm.ts';
import { type PlantedBugName, plantedBugs } from './planted-bugs.ts';
import { settle } from './settle-run.ts';

export interface SeedOptions {
  plant: PlantedBugName | null;
  /** Called with every line of the trace; null keeps only its digest. */
  print: ((line: string) => void) | null;
  /** Where databases may be made; best in memory. */
  folder: string;
}

export interface SeedReport {
  seed: number;
  /** The same in every run of the seed, to the last byte and slot. */
  digest: string;
  /** What is wrong, in sentences. */
  findings: string[];
  /** By boundary. */
  crashes: Counts;
  /** Boundaries that were passed, whether anything died there or not. */
  passed: string[];
  /** By kind: how often it struck. */
  faults: Counts;
  misfortunes: Counts;
  payouts: number;
  transactions: number;
  steps: number;
  slots: number;
}

const dayMs = 86_400_000;

/** One run of chaos, in which everything follows from the seed. */
export async function runSeed(seed: number, options: SeedOptions): Promise<SeedReport> {
  const random = new SeededRandom(`chaos ${seed}`);
  const scenario = scenarioOf(random.stream('scenario'));
  const trace = new RunTrace(options.print);
  const plan = CrashPlan.ofSeed(seed, random.stream('crashes'));
  const plant = options.plant === null ? null : plantedBugs[options.plant];
  const folder = mkdtempSync(join(options.folder, 'node3-chaos-'));
  trace.add(
    JSON.stringify(scenario, (_key, part: unknown) =>
      typeof part === 'bigint' ? String(part) : part,
    ),
  );
  const run = await ChaosRun.open({ random, scenario, plan, trace, folder, plant });
  try {
    const findings = await live(run, scenario, plan, random);
    for (const finding of findings) trace.add(`finding: ${finding}`);
    traceChain(run, trace);
    return {
      seed,
      digest: trace.digest(),
      findings,
      crashes: plan.hits,
      passed: [...plan.passed],
      faults: run.network.faults,
      misfortunes: run.wallets.events,
      payouts: run.market.promised.size,
      transactions: run.network.localnet.chain.transactions.count,
      steps: run.steps,
      slots: run.network.localnet.chain.slot,
    };
  } finally {
    await run.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function live(
  run: ChaosRun,
  scenario: Scenario,
  plan: CrashPlan,
  random: SeededRandom,
): Promise<string[]> {
  await storm(run, scenario, random.stream('storm'));
  const first = await settle(run);
  if (first.length > 0) return first;
  // Long after, the receipts' rent comes back, and things go wrong again.
  run.network.skipTime(scenario.settings.receiptKeptMs + dayMs);
  await storm(run, { ...scenario, jobs: 2, steps: 10 }, random.stream('second storm'));
  const second = await settle(run);
  if (second.length > 0) return second;
  plan.disarm();
  // Every copy that is still on its way lands now, or never.
  run.network.passSlots(400);
  run.network.skipTime(scenario.settings.receiptKeptMs + dayMs);
  const last = await settle(run);
  return [...last, ...run.findings];
}

/** Everything goes wrong that can. */
async function storm(run: ChaosRun, scenario: Scenario, random: SeededRandom): Promise<void> {
  const { network, wallets, market } = run;
  let jobsLeft = scenario.jobs;
  for (let step = 0; step < scenario.steps; step += 1) {
    strikeNodes(network, random, scenario.intensity);
    if (random.chance(scenario.forks)) run.fork();
    if (random.chance(scenario.misfortunes)) wallets.strike();
    if (scenario.clock === 'wrong' && random.chance(0.1)) {
      run.clock.skew(random.pick([-3_600_000, 0, 3_600_000]));
    }
    if (jobsLeft > 0 && random.chance(0.4)) {
      const jobs = Math.min(jobsLeft, random.integer(1, 5));
      jobsLeft -= jobs;
      for (let job = 0; job < jobs; job += 1) await market.addRandomJob(scenario.deposits);
      if (random.chance(0.4)) await market.addRandomWithdrawal(scenario.deposits);
    }
    if (random.chance(scenario.episodes)) await playEpisode(run, random);
    if (random.chance(0.05)) market.settleDeposits();
    await run.survive('request', () => market.ask(run.process));
    if (random.chance(0.03)) {
      await run.survive('release', () => market.releaseHeld(run.process));
    }
    const slots = random.chance(0.03) ? 155 : random.integer(0, scenario.slotsPerStepMax);
    await run.step(random.integer(0, scenario.workers - 1), slots);
  }
}

function traceChain(run: ChaosRun, trace: RunTrace): void {
  for (const record of run.network.localnet.chain.transactions.records()) {
    trace.add(`slot ${record.slot} ${record.wire.signature} ${JSON.stringify(record.err)}`);
  }
}
