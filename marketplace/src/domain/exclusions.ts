import type { Offer } from '@node3/shared/device';
import { hourlyOffer } from '@node3/shared/metering';
import { gpuRefusals, hasQualifying } from './fit-gpus.ts';
import { type AgentFacts, agentRules, offerRules } from './fit-placement.ts';
import { askOf, type Constraint, type Needs, type SimulatedPolicy } from './matching.ts';

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
  'secrets',
  'network',
  'run_time',
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

const offerBits = offerRules.map(([constraint, rule]) => [bits[constraint], rule] as const);
const agentBits = agentRules.map(([constraint, rule]) => [bits[constraint], rule] as const);

/**
 * Judges offers by the facts that many agents share: everything but who they are and how large.
 * There may be as many as agents, so what the job pays is worked out once and nothing is allocated.
 */
export function judgeOffers(
  needs: Needs,
  simulated: SimulatedPolicy,
): (offer: Offer) => Exclusions {
  const { gpus } = needs.resources;
  const offered = hourlyOffer(needs);
  return (offer) => {
    let exclusions = 0;
    for (const [bit, rule] of offerBits) {
      if (!rule(needs, offer)) exclusions |= bit;
    }
    if (gpus === null) return exclusions;
    if (!hasQualifying(gpus, offer.devices, simulated)) {
      for (const constraint of gpuRefusals(gpus, offer.devices, simulated)) {
        exclusions |= bits[constraint];
      }
    }
    const ask = askOf(needs, offer, simulated);
    return ask === null || ask <= offered ? exclusions : exclusions | bits.price;
  };
}

/** What is different from agent to agent. */
export function agentExclusions(needs: Needs, agent: AgentFacts): Exclusions {
  const { cpus, memoryBytes, diskBytes } = needs.resources;
  const { offer } = agent;
  return (
    (isPlaced(needs) ? whoExclusions(needs, agent) : 0) |
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

function whoExclusions(needs: Needs, agent: AgentFacts): Exclusions {
  let exclusions = 0;
  for (const [bit, rule] of agentBits) {
    if (!rule(needs, agent)) exclusions |= bit;
  }
  return exclusions;
}
