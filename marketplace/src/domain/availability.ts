import type { AgentFacts } from './fit-placement.ts';
import { fitsEver, type Needs, type SimulatedPolicy } from './matching.ts';

/** An agent online as far as it is known between its polls. */
export interface OnlineAgent extends AgentFacts {
  freeDeviceIds: ReadonlySet<string>;
  freeSlots: number;
}

export interface Availability {
  agentsMatching: number;
  agentsFree: number;
  /** null for a job without GPUs. */
  devicesFree: number | null;
}

/** How many agents could run a job at all, and how many right now. */
export function countAvailability(
  spec: Needs,
  agents: readonly OnlineAgent[],
  simulated: SimulatedPolicy,
): Availability {
  const wanted = spec.resources.gpus?.count ?? 0;
  let agentsMatching = 0;
  let agentsFree = 0;
  let devicesFree = 0;
  for (const agent of agents) {
    const result = fitsEver(spec, agent, simulated);
    if (!result.fits) continue;
    agentsMatching += 1;
    const free = result.devices.filter(({ id }) => agent.freeDeviceIds.has(id)).length;
    devicesFree += free;
    if (agent.freeSlots > 0 && free >= wanted) agentsFree += 1;
  }
  return { agentsMatching, agentsFree, devicesFree: wanted === 0 ? null : devicesFree };
}
