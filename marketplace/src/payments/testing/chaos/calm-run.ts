import { RunTrace } from '../../../testing/run-trace.ts';
import { SeededRandom } from '../../../testing/seeded-random.ts';
import { payoutSettingsDefault } from '../../payout-context.ts';
import { ChaosRun } from './chaos-run.ts';
import type { Scenario } from './chaos-scenario.ts';
import { CrashPlan } from './crash-plan.ts';

/** Nothing goes wrong but what a test asks for. */
const calm: Scenario = {
  nodes: 1,
  confirmedLagSlots: 1,
  finalizedLagSlots: 2,
  intensity: 0,
  forks: 0,
  misfortunes: 0,
  episodes: 0,
  clock: 'right',
  deposits: 'at-once',
  capitalLamports: 1_000_000_000n,
  wallets: 4,
  jobs: 0,
  steps: 0,
  slotsPerStepMax: 1,
  workers: 1,
  settings: { ...payoutSettingsDefault, resendMs: 0, restAfterFailureMs: 0, reclaimMs: 1_000 },
};

export interface CalmRunOptions {
  /** Where the database lives; empty at the start. */
  folder: string;
  scenario?: Partial<Scenario>;
  settings?: Partial<Scenario['settings']>;
  /** Boundaries at which a process dies, each with the pass at which it does. */
  crashes?: Record<string, number>;
  /** Called with every line of the trace. */
  print?: (line: string) => void;
}

/** A run for one test: the same parts as in a run of chaos, and every fault by hand. */
export function openCalmRun(options: CalmRunOptions): Promise<ChaosRun> {
  const random = new SeededRandom('a calm life');
  const settings = { ...calm.settings, ...options.settings };
  const scenario = { ...calm, ...options.scenario, settings };
  const targets = new Map(Object.entries(options.crashes ?? {}));
  const plan = new CrashPlan(random.stream('crashes'), { targets, rate: 0, crashesMax: 100 });
  const { folder } = options;
  return ChaosRun.open({
    random,
    scenario,
    plan,
    trace: new RunTrace(options.print ?? null),
    folder,
    plant: null,
  });
}
