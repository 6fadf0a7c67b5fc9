import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Counts } from '@node3/marketplace/testing/counter';
import { RunTrace } from '@node3/marketplace/testing/run-trace';
import { SeededRandom } from '@node3/marketplace/testing/seeded-random';
import type { FaultKind } from '@node3/marketplace/testing/sim/faults';
import type { Invariants } from '@node3/marketplace/testing/sim/invariants';
import type { PlantedBug } from '@node3/marketplace/testing/sim/planted-bugs';
import { installVirtualTime } from '@node3/marketplace/testing/sim/virtual-globals';
import { VirtualTime } from '@node3/marketplace/testing/sim/virtual-time';
import { SimWorld } from './sim-world.ts';
import { startStorm } from './storm.ts';

export interface SimOptions {
  plant: PlantedBug | null;
  /** Kinds of faults that this run is spared. */
  without: readonly FaultKind[];
  /** Called with every line of the trace; null keeps only its digest. */
  print: ((line: string) => void) | null;
  /** Where databases may be made; best in memory. */
  folder: string;
  /** Processes of the marketplace at a time, on one database. */
  replicas: number;
}

export interface SimReport {
  seed: number;
  /** The same in every run of the seed. */
  digest: string;
  /** What is wrong, in sentences. */
  findings: string[];
  events: number;
  virtualMs: number;
  /** By boundary: how often a process died there. */
  crashes: Counts;
  /** Boundaries that were passed. */
  passed: string[];
  faults: Counts;
  jobs: number;
  /** How often everything was compared. */
  checks: number;
}

const chaosMs = 240_000;
/** Longer than any deadline of a job: its time in the queue, its runs, the marketplace's own limits. */
const calmMs = 90 * 60_000;
/** For what another process has done: longer than any delay between two. */
const hearMs = 10_000;
const checkEveryEvents = 40;
const ledgerEveryChecks = 10;

let current = { time: new VirtualTime(), random: () => 0 };
let isInstalled = false;

/** One run, in which everything follows from the seed. Only for a process that does nothing else. */
export async function runSim(seed: number, options: SimOptions): Promise<SimReport> {
  const random = new SeededRandom(`sim ${seed}`);
  const trace = new RunTrace(options.print);
  const time = new VirtualTime();
  const globalRandom = random.stream('global');
  current = { time, random: () => globalRandom.next() };
  if (!isInstalled) installVirtualTime(() => current);
  isInstalled = true;
  const folder = mkdtempSync(join(options.folder, 'node3-sim-'));
  const { plant, replicas } = options;
  const without = new Set(options.without);
  const world = new SimWorld({ time, random, trace, folder, replicas, plant, without });
  try {
    const invariants = await time.complete(world.settleIn());
    world.dice.arm();
    startStorm(world);
    await live(world, invariants);
    for (const finding of world.findings) trace.add(`finding: ${finding}`);
    trace.add(`${time.events} events, ${time.monotonicMs()} ms`);
    return {
      seed,
      digest: trace.digest(),
      findings: [...world.findings],
      events: time.events,
      virtualMs: time.monotonicMs(),
      crashes: world.dice.hits,
      passed: [...world.dice.passed],
      faults: world.counts,
      jobs: world.witness.posted.size,
      checks: invariants.checks,
    };
  } finally {
    await world.market.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Chaos, then calm, in which everything has to come to its end. */
async function live(world: SimWorld, invariants: Invariants): Promise<void> {
  const { time, findings } = world;
  let checkedEvents = 0;
  for (;;) {
    const isAlive = await time.step();
    invariants.checkBelief();
    if (!world.isCalm && time.monotonicMs() >= chaosMs) {
      world.calm();
      invariants.calm();
    }
    // In the middle of a commit the index may know what the disk does not know yet.
    if (time.events - checkedEvents < checkEveryEvents || time.isMidTurn) continue;
    checkedEvents = time.events;
    await invariants.check();
    if (invariants.checks % ledgerEveryChecks === 0) await time.complete(invariants.checkLedger());
    if (findings.size > 0 || !isAlive) return;
    if (!world.isCalm) continue;
    const unfinished = await world.unfinished();
    if (unfinished.length === 0) break;
    if (time.monotonicMs() < chaosMs + calmMs) continue;
    for (const what of unfinished) findings.add(`for ever: ${what}`);
    return;
  }
  await time.complete(invariants.checkLedger());
  // Who did not end the last job itself hears of that a moment later.
  const heardMs = time.monotonicMs() + hearMs;
  const isFull = () => world.market.serving.some(({ core }) => core.matchmaker.openCount > 0);
  while (isFull() && time.monotonicMs() < heardMs) if (!(await time.step())) break;
  for (const { core, life } of world.market.serving) {
    const { openCount } = core.matchmaker;
    if (openCount > 0) findings.add(`the index of ${life.name} still has ${openCount} jobs`);
  }
}
