import type { Offer } from '@node3/shared/device';
import { gpuRefusals } from './fit-gpus.ts';
import { type AgentFacts, agentRefusals, offerRefusals } from './fit-placement.ts';
import { type Constraint, type Needs, pays, type SimulatedPolicy } from './matching.ts';

/**
 * Why an agent could never run a job, as a set of bits: one for each requirement that it fails. 0 is
 * what `fitsEver` calls fitting. What is only in the way at present (slots, reservations) is not in it.
 */
export type Exclusions = number;

/** In the order in which they are told. */
export const excludingConstraints = [
  'agent',
  'agent_blocked',
  'provider',
  'provider_blocked',
  'requester_blocked',
  'region',
  'label',
  'isolation',
  'arch',
  'cpus',
  'memory',
  'disk',
  'simulated_gpu',
  'gpu_vendor',
  'gpu_framework',
  'gpu_model',
  'gpu_memory',
  'gpu_capability',
  'gpu_count',
  'price',
] as const satisfies readonly Constraint[];
export type ExcludingConstraint = (typeof excludingConstraints)[number];

const bits = Object.fromEntries(
  excludingConstraints.map((constraint, index) => [constraint, 1 << index]),
) as Record<ExcludingConstraint, number>;

export function isExcludedBy(exclusions: Exclusions, constraint: ExcludingConstraint): boolean {
  return (exclusions & bits[constraint]) !== 0;
}

/** The one requirement that is failed; null when it is none or several. */
export function onlyExclusion(exclusions: Exclusions): ExcludingConstraint | null {
  if (exclusions === 0 || (exclusions & (exclusions - 1)) !== 0) return null;
  return excludingConstraints[31 - Math.clz32(exclusions)] ?? null;
}

const gpuBits =
  bits.simulated_gpu |
  bits.gpu_vendor |
  bits.gpu_framework |
  bits.gpu_model |
  bits.gpu_memory |
  bits.gpu_capability |
  bits.gpu_count;

/** Whether nothing but the GPUs is in the way. */
export function isOnlyGpus(exclusions: Exclusions): boolean {
  return exclusions !== 0 && (exclusions & ~gpuBits) === 0;
}

/** What the facts exclude that many agents share: everything but who they are and how large. */
export function offerExclusions(
  needs: Needs,
  offer: Offer,
  simulated: SimulatedPolicy,
): Exclusions {
  const placed = sum(offerRefusals(needs, offer));
  const gpus = sum(gpuRefusals(needs.resources.gpus, offer.devices, simulated));
  return placed | gpus | (pays(needs, offer) ? 0 : bits.price);
}

/** What is different from agent to agent. */
export function agentExclusions(needs: Needs, agent: AgentFacts): Exclusions {
  const { cpus, memoryBytes, diskBytes } = needs.resources;
  const { offer } = agent;
  return (
    (isPlaced(needs) ? sum(agentRefusals(needs, agent)) : 0) |
    (cpus > offer.cpus ? bits.cpus : 0) |
    (memoryBytes > offer.memoryBytes ? bits.memory : 0) |
    (diskBytes > offer.diskBytes ? bits.disk : 0)
  );
}

/** Most jobs name nobody, and there may be many agents to look at. */
function isPlaced({ placement }: Needs): boolean {
  const { agents, agentsBlocked, providers, providersBlocked } = placement;
  return (
    agents !== null || providers !== null || agentsBlocked.length > 0 || providersBlocked.length > 0
  );
}

function sum(constraints: readonly ExcludingConstraint[]): Exclusions {
  return constraints.reduce((all, constraint) => all | bits[constraint], 0);
}
