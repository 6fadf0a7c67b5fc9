import { limits } from '@node3/shared/limits';
import { isClaimable } from '../domain/dependencies.ts';
import { judgeOffers } from '../domain/exclusions.ts';
import { type Needs, needsOf, type SimulatedPolicy } from '../domain/matching.ts';
import { chooseVictims, decidePreemption } from '../domain/preemption.ts';
import { announceChange, type JobChangeDeps } from './change-job.ts';
import type { OfferingAgent, Presence } from './presence.ts';
import type { ProviderRegistry } from './provider-registry.ts';
import type { WaitingJobs } from './waiting-jobs.ts';
import type { RunningWork } from './work-board.ts';

export interface PreemptDeps extends JobChangeDeps {
  presence: Presence;
  simulated: SimulatedPolicy;
  waiting: WaitingJobs;
  providers: Pick<ProviderRegistry, 'isOpen'>;
}

/** Agents that are looked at for one job; the next turn looks at the next ones. */
const agentsLookedMax = 64;

/**
 * Stops interruptible executions where a job that may not be interrupted finds no free agent. Looks
 * only at agents that run such work, sorted by what they offer. @returns how many it asked to stop.
 */
export async function preemptWaiting(deps: PreemptDeps): Promise<number> {
  const nowMs = deps.clock.nowMs();
  const groups = interruptibleGroups(deps, nowMs);
  if (groups.size === 0) return 0;
  /** Agents that drain or pause: they would not take the job that room is made for. */
  const closed = new Set<string>();
  let stopped = 0;
  for (const jobId of deps.waiting.due(nowMs)) {
    const job = await deps.store.job(jobId);
    // One that waits for others is noted again when it is released.
    if (job === null || !isClaimable(job) || job.spec.placement.interruptible) {
      deps.waiting.delete(jobId);
      continue;
    }
    if ((job.notBeforeMs ?? 0) > nowMs) continue;
    const needs = needsOf(job.spec, job.accountId);
    let victims = findVictims(deps, needs, groups, closed);
    while (victims !== null && !(await isActive(deps, victims, closed))) {
      victims = findVictims(deps, needs, groups, closed);
    }
    if (victims === null) continue;
    deps.waiting.again(jobId, nowMs + limits.preemptAgainMs);
    for (const victim of victims) stopped += await stopFor(deps, victim);
  }
  return stopped;
}

/** Notes an agent that is not, so that it is not looked at again in this turn. */
async function isActive(
  { store, presence, providers }: Pick<PreemptDeps, 'store' | 'presence' | 'providers'>,
  [victim]: RunningWork[],
  closed: Set<string>,
): Promise<boolean> {
  const agentId = victim?.agentId ?? '';
  const isActiveNow = (await store.agent(agentId))?.state === 'active';
  const isOpen = isActiveNow && providers.isOpen(agentId, presence.get(agentId)?.offer ?? null);
  if (!isOpen) closed.add(agentId);
  return isOpen;
}

type Groups = ReadonlyMap<OfferingAgent['offer'], OfferingAgent[]>;

function interruptibleGroups({ presence, work }: PreemptDeps, nowMs: number): Groups {
  const ids = [...work.interruptibleAgents()];
  // A turn begins where the one before it may have stopped looking.
  const turn = Math.floor(nowMs / limits.preemptAfterMs);
  const start = ids.length === 0 ? 0 : (turn * agentsLookedMax) % ids.length;
  const agents = [...ids.slice(start), ...ids.slice(0, start)].flatMap(
    (agentId): OfferingAgent[] => {
      const found = presence.groups.member(agentId);
      const isUsable = found?.agent.offer.preemptible === true && presence.isOnline(agentId);
      return found === null || !isUsable ? [] : [found.agent];
    },
  );
  return Map.groupBy(
    agents,
    ({ agentId, offer }) => presence.groups.member(agentId)?.offer ?? offer,
  );
}

/** null when nobody has to be stopped, or nobody whose end would help. */
function findVictims(
  deps: PreemptDeps,
  needs: Needs,
  groups: Groups,
  closed: ReadonlySet<string>,
): RunningWork[] | null {
  const judge = judgeOffers(needs, deps.simulated);
  let looked = 0;
  let best: RunningWork[] | null = null;
  for (const [offer, agents] of groups) {
    if (judge(offer) !== 0) continue;
    for (const agent of agents) {
      if (looked === agentsLookedMax || best?.length === 1) return best;
      looked += 1;
      if (closed.has(agent.agentId)) continue;
      const works = deps.work.of(agent.agentId);
      // Room is being made there already, or there is some: the job gets it soon.
      if (works.some(({ isStopping }) => isStopping)) continue;
      const stoppable = works.filter(
        ({ attempt, needs: { placement } }) =>
          placement.interruptible && attempt < limits.preemptLeasesMax,
      );
      const victims = chooseVictims(
        needs,
        deps.work.wholeOf(agent),
        { works, stoppable },
        deps.simulated,
      );
      if (victims === null) continue;
      if (victims.length === 0) return null;
      if (best === null || victims.length < best.length) best = victims;
    }
  }
  return best;
}

async function stopFor(deps: PreemptDeps, victim: RunningWork): Promise<number> {
  const { agentId, attempt, executionId, jobId } = victim;
  const nowMs = deps.clock.nowMs();
  const outcome = await deps.store.changeJob(jobId, (snapshot) =>
    decidePreemption(snapshot, { executionId, nowMs }),
  );
  if (outcome === null || !outcome.changed) return 0;
  announceChange(deps, outcome);
  victim.isStopping = true;
  deps.cancels.add(agentId, executionId, attempt);
  return 1;
}
