import type { Clock } from '@node3/shared/clock';
import { limits } from '@node3/shared/limits';
import { priceMax } from '@node3/shared/metering';
import { toMoney } from '@node3/shared/money';
import type { Explanation, Wait } from '@node3/shared/routes/explain';
import { type AgentGroup, explainMatch } from '../domain/explain-match.ts';
import { askOf, fit, type Needs, type SimulatedPolicy } from '../domain/matching.ts';
import {
  type ComparePlacements,
  type PlacementFacts,
  placementOrder,
  scoreAgent,
} from '../domain/placement-strategy.ts';
import type { OfferingAgent, Presence } from './presence.ts';
import type { WorkBoard } from './work-board.ts';

export interface ExplainNeedsDeps {
  clock: Clock;
  presence: Presence;
  work: WorkBoard;
  simulated: SimulatedPolicy;
}

/** Enough to see how the strategy chooses. */
const candidatesMax = 10;

/** Agents that are looked at one by one for what is still free beside their work. */
const lookedMax = 1_000;

export type NeedsExplanation = Pick<
  Explanation,
  | 'possible'
  | 'counted'
  | 'agents'
  | 'agentsFitting'
  | 'agentsRegistered'
  | 'constraints'
  | 'alternatives'
  | 'strategy'
  | 'candidates'
> & { waitsFor: Wait };

/** Who could run a job, of those online; of all that are registered while nobody is online. */
export function explainNeeds(deps: ExplainNeedsDeps, needs: Needs): NeedsExplanation {
  const { presence, simulated } = deps;
  const online = explainMatch(needs, onlineGroups(deps), simulated);
  const isOnline = online.agents > 0;
  const found = isOnline ? online : explainMatch(needs, presence.groups, simulated);
  const { strategy } = needs.placement;
  const acquaintance = { image: needs.workload.image, accountId: needs.requesterId };
  const known = deps.work.familiar.of(acquaintance);
  const onlineFitting = isOnline ? found.fitting : [];
  const isPossible =
    found.fitting.length > 0 || presence.groups.someoneFor(needs, simulated) !== null;
  return {
    possible: isPossible,
    waitsFor: waitOf(deps, needs, onlineFitting, isPossible),
    counted: isOnline ? 'online' : 'registered',
    agents: found.agents,
    agentsFitting: found.fitting.length,
    agentsRegistered: presence.groups.size,
    constraints: found.constraints,
    alternatives: found.relaxations,
    strategy,
    candidates: bestOf(
      onlineFitting.map((agent) => ({
        ...factsOf(deps, needs, agent),
        familiarity: known.get(agent.agentId) ?? 0,
      })),
      placementOrder(strategy),
    ).map((facts) => viewCandidate(deps, needs, facts)),
  };
}

/** The agents that were heard of lately, grouped by what they offer. */
export function* onlineGroups({
  clock,
  presence,
}: Pick<ExplainNeedsDeps, 'clock' | 'presence'>): Generator<AgentGroup<OfferingAgent>> {
  const sinceMs = clock.nowMs() - limits.agentOfflineMs;
  for (const { offer, agents } of presence.groups)
    yield { offer, agents: heardOf(agents, sinceMs) };
}

function* heardOf(agents: Iterable<OfferingAgent>, sinceMs: number): Generator<OfferingAgent> {
  for (const agent of agents) if (agent.lastSeenAtMs > sinceMs) yield agent;
}

function waitOf(
  deps: ExplainNeedsDeps,
  needs: Needs,
  fitting: readonly OfferingAgent[],
  isPossible: boolean,
): Wait {
  if (deps.presence.groups.size === 0) return 'nobody_registered';
  if (!isPossible) return 'nobody_fits';
  if (fitting.length === 0) return 'nobody_online';
  // Those without any work are the most likely to be free.
  const isIdle = ({ agentId }: OfferingAgent) => deps.work.countOf(agentId) === 0;
  const idleFirst = [...fitting.filter(isIdle), ...fitting.filter((agent) => !isIdle(agent))];
  const reasons = new Set<string>();
  for (const agent of idleFirst.slice(0, lookedMax)) {
    const now = fit(needs, deps.work.capacityOf(agent), deps.simulated);
    if (now.fits) return 'turn';
    reasons.add(now.constraint);
  }
  return reasons.size === 1 && reasons.has('reserved') ? 'reserved' : 'all_busy';
}

type Candidate = PlacementFacts & { agent: OfferingAgent };

function factsOf(
  { simulated, work }: ExplainNeedsDeps,
  needs: Needs,
  agent: OfferingAgent,
): Candidate {
  const { agentId, offer, standing } = agent;
  return {
    agent,
    agentId,
    ...standing,
    freeSlots: Math.max(0, offer.slots - work.countOf(agentId)),
    slots: offer.slots,
    ask: askOf(needs, offer, simulated),
    lastLeasedAtMs: null,
    familiarity: 0,
  };
}

/** The first few in order, without sorting all. */
function bestOf(all: readonly Candidate[], order: ComparePlacements): Candidate[] {
  const best: Candidate[] = [];
  for (const candidate of all) {
    const last = best.at(-1);
    if (best.length === candidatesMax && last !== undefined && order(last, candidate) < 0) continue;
    const index = best.findIndex((other) => order(candidate, other) < 0);
    best.splice(index === -1 ? best.length : index, 0, candidate);
    if (best.length > candidatesMax) best.pop();
  }
  return best;
}

function viewCandidate(
  { work, simulated }: ExplainNeedsDeps,
  needs: Needs,
  { agent, ask, freeSlots, slots, ...facts }: Candidate,
): Explanation['candidates'][number] {
  const now = fit(needs, work.capacityOf(agent), simulated);
  return {
    agentId: agent.agentId,
    agentName: agent.name,
    score: scoreAgent({ freeSlots, slots, ...facts }),
    freeSlots,
    slots,
    askPerGpuHour: ask === null ? null : toMoney(ask, priceMax(needs.price).asset),
    now: now.fits,
    waitsFor: now.fits ? null : now.constraint,
  };
}
