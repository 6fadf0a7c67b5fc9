import type { SeededRandom } from '../seeded-random.ts';

/** Kinds of trouble, each of which a seed may be free of, and can be freed of to find the cause. */
export const faultKinds = [
  'crashes',
  'outages',
  'drops',
  'duplicates',
  'delays',
  'partitions',
  'agent-restarts',
  'agent-stalls',
  'agent-sleeps',
  'reboots',
  'drift',
  'lies',
  'operators',
  'cancels',
  'engine-failures',
  'chain-faults',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface SwarmFaults {
  /** Chance that the marketplace dies at any one boundary it passes. */
  crashRate: number;
  /** The same for a boundary that this run has not passed before: rare ones get their turn. */
  crashFirstRate: number;
  /** Longest time the marketplace is away after a crash. */
  downMsMax: number;
  /** Mean time between stops of the marketplace that follow no boundary; 0: none. */
  outageEveryMs: number;
  drop: number;
  duplicate: number;
  /** Mean of how long a message travels. */
  delayMs: number;
  /** Arrivals happen together at multiples of this; 1 is no grid. */
  gridMs: number;
  partitionEveryMs: number;
  /** Whether links are cut and healed one by one, in different orders. */
  swizzle: number;
  agentRestartEveryMs: number;
  agentStallEveryMs: number;
  agentSleepEveryMs: number;
  rebootShare: number;
  /** Half the width of the range in which clocks of agents run too fast or too slow. */
  drift: number;
  lieEveryMs: number;
  /** Mean time between orders of an operator who shuts agents out or lets them drain; 0: none. */
  orderEveryMs: number;
  cancelShare: number;
  engineFailure: number;
  /** Chance that a transaction is lost on its way to the chain. */
  chainDrop: number;
}

const calmFaults: SwarmFaults = {
  crashRate: 0,
  crashFirstRate: 0,
  downMsMax: 1_000,
  outageEveryMs: 0,
  drop: 0,
  duplicate: 0,
  delayMs: 20,
  gridMs: 1,
  partitionEveryMs: 0,
  swizzle: 0,
  agentRestartEveryMs: 0,
  agentStallEveryMs: 0,
  agentSleepEveryMs: 0,
  rebootShare: 0,
  drift: 0,
  lieEveryMs: 0,
  orderEveryMs: 0,
  cancelShare: 0,
  engineFailure: 0,
  chainDrop: 0,
};

const draws: Record<FaultKind, (random: SeededRandom) => Partial<SwarmFaults>> = {
  crashes: (random) => ({
    crashRate: random.pick([0.0003, 0.001, 0.003]),
    crashFirstRate: random.pick([0, 0.02, 0.05]),
    downMsMax: random.pick([1_000, 5_000, 20_000]),
  }),
  outages: (random) => ({
    outageEveryMs: random.pick([60_000, 120_000]),
    downMsMax: random.pick([20_000, 90_000, 200_000]),
  }),
  drops: (random) => ({ drop: random.pick([0.02, 0.1, 0.3]) }),
  duplicates: (random) => ({ duplicate: random.pick([0.05, 0.3]) }),
  delays: (random) => ({
    delayMs: random.pick([200, 1_000, 4_000]),
    gridMs: random.pick([1, 1, 250]),
  }),
  partitions: (random) => ({
    partitionEveryMs: random.pick([15_000, 40_000]),
    swizzle: random.pick([0, 0, 0.3]),
  }),
  'agent-restarts': (random) => ({ agentRestartEveryMs: random.pick([20_000, 60_000]) }),
  'agent-stalls': (random) => ({ agentStallEveryMs: random.pick([20_000, 60_000]) }),
  'agent-sleeps': (random) => ({ agentSleepEveryMs: random.pick([30_000, 90_000]) }),
  reboots: () => ({ rebootShare: 0.4 }),
  drift: (random) => ({ drift: random.pick([0.005, 0.01]) }),
  lies: (random) => ({ lieEveryMs: random.pick([5_000, 20_000]) }),
  operators: (random) => ({ orderEveryMs: random.pick([20_000, 60_000]) }),
  cancels: (random) => ({ cancelShare: random.pick([0.1, 0.4]) }),
  'engine-failures': (random) => ({ engineFailure: random.pick([0.05, 0.2]) }),
  'chain-faults': (random) => ({ chainDrop: random.pick([0.1, 0.4]) }),
};

/**
 * What can go wrong in a run. Every kind is drawn from a stream of its own, so that leaving one out
 * changes nothing about the others.
 */
export function drawFaults(random: SeededRandom, without: ReadonlySet<FaultKind>): SwarmFaults {
  const faults = { ...calmFaults };
  for (const kind of faultKinds) {
    const own = random.stream(kind);
    const isPresent = own.chance(0.6);
    const drawn = draws[kind](own);
    if (!isPresent || without.has(kind)) continue;
    const downMsMax = Math.max(faults.downMsMax, drawn.downMsMax ?? 0);
    Object.assign(faults, drawn, { downMsMax });
  }
  return faults;
}
