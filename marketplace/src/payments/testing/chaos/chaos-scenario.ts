import type { SeededRandom } from '../../../testing/seeded-random.ts';
import { type PayoutSettings, payoutSettingsDefault } from '../../payout-context.ts';

/** What a run is like; all of it follows from the seed. */
export interface Scenario {
  nodes: number;
  confirmedLagSlots: number;
  finalizedLagSlots: number;
  /** How much goes wrong with the nodes, 0 to 1. */
  intensity: number;
  /** Chance of a fork per step. */
  forks: number;
  /** Chance per step that something happens to somebody's wallet. */
  misfortunes: number;
  /** Chance per step of a coincidence. */
  episodes: number;
  /** Whether the wall clock is set wrong now and then. */
  clock: 'right' | 'wrong';
  /** Whether money that the ledger has may reach the treasury late. */
  deposits: 'at-once' | 'late';
  capitalLamports: bigint;
  wallets: number;
  jobs: number;
  steps: number;
  /** The most slots that pass between two steps. */
  slotsPerStepMax: number;
  workers: 1 | 2;
  settings: PayoutSettings;
}

export function scenarioOf(random: SeededRandom): Scenario {
  const finalizedLagSlots = random.pick([2, 2, 4, 12, 31]);
  const workers = random.chance(0.2) ? 2 : 1;
  return {
    nodes: random.integer(1, 3),
    confirmedLagSlots: random.pick([1, 1, 2]),
    finalizedLagSlots,
    intensity: random.pick([0, 0.2, 0.5, 1]),
    forks: random.pick([0, 0, 0.02, 0.08]),
    misfortunes: random.pick([0, 0.03, 0.1]),
    episodes: random.pick([0.02, 0.05, 0.1, 0.2]),
    clock: random.chance(0.15) ? 'wrong' : 'right',
    deposits: random.chance(0.2) ? 'late' : 'at-once',
    capitalLamports: random.chance(0.15) ? 4_000_000n : 1_000_000_000n,
    wallets: random.integer(2, 8),
    jobs: random.integer(4, 16),
    steps: random.integer(20, 60),
    slotsPerStepMax: random.pick([2, 6, 20]),
    workers,
    settings: {
      ...payoutSettingsDefault,
      resendMs: random.pick([0, 2_000]),
      // Two workers take over from each other while one of them waits for an answer.
      leaseMs: workers === 2 ? 4_000 : 30_000,
      reconcileMs: random.pick([2_000, 10_000, 60_000]),
      reclaimMs: random.pick([0, 5_000, 60_000]),
      receiptKeptMs: random.pick([0, 30_000, payoutSettingsDefault.receiptKeptMs]),
      openBatchesMax: random.pick([1, 2, 8]),
      restAfterFailureMs: random.pick([0, 5_000, 30_000]),
      parkMs: random.pick([1_000, 60_000]),
    },
  };
}
