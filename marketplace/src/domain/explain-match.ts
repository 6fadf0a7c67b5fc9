import type { Offer } from '@node3/shared/device';
import { constraintPointers } from './constraint-pointers.ts';
import {
  agentExclusions,
  type ExcludingConstraint,
  excludingConstraints,
  isExcludedBy,
  judgeOffers,
} from './exclusions.ts';
import type { AgentFacts } from './fit-placement.ts';
import type { Needs, SimulatedPolicy } from './matching.ts';
import { type Relaxation, Relaxations } from './relaxations.ts';

/** Agents whose offers say the same in everything but their sizes. */
export interface AgentGroup<Agent extends AgentFacts = AgentFacts> {
  /** The offer of any of them. */
  offer: Offer;
  agents: Iterable<Agent>;
}

export interface ConstraintCount {
  constraint: ExcludingConstraint;
  pointer: string;
  passes: number;
  fails: number;
  /** Agents that fail this and nothing else. */
  failsOnlyThis: number;
}

export interface MatchExplanation<Agent> {
  agents: number;
  fitting: Agent[];
  /** What the job asks for or what keeps it from somebody; what excludes most comes first. */
  constraints: ConstraintCount[];
  relaxations: Relaxation[];
}

/**
 * How many of the agents could run a job with nothing else on them, and what keeps it from the
 * others. Each group is judged once; an agent costs three comparisons.
 */
export function explainMatch<Agent extends AgentFacts>(
  needs: Needs,
  groups: Iterable<AgentGroup<Agent>>,
  simulated: SimulatedPolicy,
): MatchExplanation<Agent> {
  const judge = judgeOffers(needs, simulated);
  const counts = new Map<number, number>();
  const relaxations = new Relaxations(needs, simulated);
  const fitting: Agent[] = [];
  let agents = 0;
  for (const group of groups) {
    const ofGroup = judge(group.offer);
    /** Agents of the group that are excluded by nothing of their own, so all by the same. */
    let alike = 0;
    for (const agent of group.agents) {
      const ofAgent = agentExclusions(needs, agent);
      const exclusions = ofGroup | ofAgent;
      agents += 1;
      counts.set(exclusions, (counts.get(exclusions) ?? 0) + 1);
      if (exclusions === 0) fitting.push(agent);
      else if (ofAgent === 0) alike += 1;
      else relaxations.add(agent.offer, exclusions, 1);
    }
    if (alike > 0) relaxations.add(group.offer, ofGroup, alike);
  }
  const constraints = excludingConstraints
    .map((constraint) => countOf(constraint, counts, agents))
    .filter(({ fails, pointer }) => fails > 0 || isSet(needs, pointer))
    .toSorted((a, b) => b.fails - a.fails);
  return { agents, fitting, constraints, relaxations: relaxations.list() };
}

function countOf(
  constraint: ExcludingConstraint,
  counts: ReadonlyMap<number, number>,
  agents: number,
): ConstraintCount {
  let fails = 0;
  let failsOnlyThis = 0;
  for (const [exclusions, count] of counts) {
    if (!isExcludedBy(exclusions, constraint)) continue;
    fails += count;
    if ((exclusions & (exclusions - 1)) === 0) failsOnlyThis += count;
  }
  const pointer = constraintPointers[constraint];
  return { constraint, pointer, passes: agents - fails, fails, failsOnlyThis };
}

/** Whether the job says anything at this place. */
function isSet(needs: Needs, pointer: string): boolean {
  if (pointer === '') return false;
  let value: unknown = needs;
  for (const part of pointer.slice(1).split('/')) {
    value = (value as Record<string, unknown> | null | undefined)?.[part];
  }
  if (value === null || value === undefined) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
