import type { PlacementStrategy } from '@node3/shared/job-spec';
import type { BaseUnits } from '@node3/shared/money';

/** What the strategies look at, of an agent that could take a job. */
export interface PlacementFacts {
  agentId: string;
  freeSlots: number;
  slots: number;
  jobsSucceeded: number;
  jobsFailed: number;
  /** Moving average of its run times; null until it has run something. */
  avgRunSec: number | null;
  /** What it asks per GPU hour; null takes anything. */
  ask: BaseUnits | null;
  /** When it was given work last; null for never, as far as it is remembered. */
  lastLeasedAtMs: number | null;
  /** How much of the job it knows: one for its requester, two for its image. */
  familiarity: number;
}

/** The part of the facts that the score is made of. */
export type ScoreFacts = Pick<
  PlacementFacts,
  'freeSlots' | 'slots' | 'jobsSucceeded' | 'jobsFailed' | 'avgRunSec'
>;

/** What an agent that has run nothing is taken for: as fast as the score can tell. */
const avgRunSecUnknown = 60;

/** The seed's score: how free, how reliable and how fast. 1 for an idle agent that is new. */
export function scoreAgent(facts: ScoreFacts): number {
  const total = facts.jobsSucceeded + facts.jobsFailed;
  const success = total === 0 ? 1 : facts.jobsSucceeded / total;
  const speed = Math.min(1, 60 / Math.max(1, facts.avgRunSec ?? avgRunSecUnknown));
  return 0.5 * freeShare(facts) + 0.3 * success + 0.2 * speed;
}

function freeShare({ freeSlots, slots }: Pick<PlacementFacts, 'freeSlots' | 'slots'>): number {
  return freeSlots / Math.max(1, slots);
}

/** Negative when the first agent is to be preferred. Never 0 for two agents. */
export type ComparePlacements = (a: PlacementFacts, b: PlacementFacts) => number;

const first: Record<PlacementStrategy, ComparePlacements> = {
  score: () => 0,
  cheapest: (a, b) => compare(a.ask ?? 0n, b.ask ?? 0n),
  fastest: (a, b) => (a.avgRunSec ?? avgRunSecUnknown) - (b.avgRunSec ?? avgRunSecUnknown),
  least_loaded: (a, b) => freeShare(b) - freeShare(a) || b.freeSlots - a.freeSlots,
  round_robin: (a, b) => (a.lastLeasedAtMs ?? 0) - (b.lastLeasedAtMs ?? 0),
  affinity: (a, b) => b.familiarity - a.familiarity,
};

/** How a strategy chooses: what it is named for decides, then the score, then the id. */
export function placementOrder(strategy: PlacementStrategy): ComparePlacements {
  return (a, b) =>
    first[strategy](a, b) || scoreAgent(b) - scoreAgent(a) || (a.agentId < b.agentId ? -1 : 1);
}

/**
 * The place of an agent as one number, smaller first: an index sorts by it. As `placementOrder`,
 * but differences in what comes second count only where the first is as good as equal, and between
 * equals any will do. `affinity` depends on the job, and has no order of its own.
 */
export function placementRank(strategy: PlacementStrategy, facts: PlacementFacts): number {
  return ranks[strategy](facts);
}

const ranks: Record<PlacementStrategy, (facts: PlacementFacts) => number> = {
  score: (facts) => 1 - scoreAgent(facts),
  // Asks are whole base units, so half of one is room for the score.
  cheapest: (facts) => Number(facts.ask ?? 0n) + (1 - scoreAgent(facts)) / 2,
  fastest: (facts) => (facts.avgRunSec ?? avgRunSecUnknown) + (1 - scoreAgent(facts)) / 1_000,
  least_loaded: (facts) =>
    1 - freeShare(facts) - facts.freeSlots / 1e6 + (1 - scoreAgent(facts)) / 1e9,
  round_robin: (facts) => (facts.lastLeasedAtMs ?? 0) + (1 - scoreAgent(facts)) / 2,
  affinity: (facts) => 1 - scoreAgent(facts),
};

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
