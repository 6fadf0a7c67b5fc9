import { billedUnits, hourlyOffer, priceMax } from '@node3/shared/metering';
import { type BaseUnits, baseUnitsMax, fromMoney, toMoney } from '@node3/shared/money';
import type { OnlineAgent } from './availability.ts';
import { constraintPointers } from './constraint-pointers.ts';
import { type Constraint, fitsEver, type Needs, type SimulatedPolicy } from './matching.ts';

/** One requirement relaxed, everything else as it was. `value` null leaves the field out. */
export interface Relaxation {
  constraint: Constraint;
  pointer: string;
  value: string | number | null;
  agents: number;
}

interface Candidate {
  constraint: Constraint;
  pointer?: string;
  value: string | number | null;
  spec: Needs;
}

/** So many say enough; each is a whole new question to every agent. */
const alternativesMax = 5;

/**
 * The nearest single changes that would let agents run a job which none can. Of a number, the value
 * closest to what was asked for that gives an agent at all.
 */
export function findAlternatives(
  spec: Needs,
  agents: readonly OnlineAgent[],
  simulated: SimulatedPolicy,
): Relaxation[] {
  const runs =
    ({ spec: relaxed }: Candidate) =>
    (agent: OnlineAgent) =>
      fitsEver(relaxed, agent, simulated).fits;
  const steps = Map.groupBy(candidates(spec, agents), ({ constraint }) => constraint);
  const found = [...steps.values()].flatMap((candidatesOfOne): Relaxation[] => {
    const nearest = firstThat(candidatesOfOne, (candidate) => agents.some(runs(candidate)));
    if (nearest === null) return [];
    const { constraint, value, pointer = constraintPointers[constraint] } = nearest;
    return [{ constraint, pointer, value, agents: agents.filter(runs(nearest)).length }];
  });
  return found.toSorted((a, b) => b.agents - a.agents).slice(0, alternativesMax);
}

/**
 * The nearest of ever wider changes that does. What one of them allows the wider ones allow too, so
 * halving finds it: there may be as many as there are agents, and anybody may ask for a quote.
 */
function firstThat(
  widening: readonly Candidate[],
  does: (candidate: Candidate) => boolean,
): Candidate | null {
  let [from, to] = [0, widening.length];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    const candidate = widening[middle];
    if (candidate !== undefined && does(candidate)) to = middle;
    else from = middle + 1;
  }
  return widening[from] ?? null;
}

function candidates(spec: Needs, agents: readonly OnlineAgent[]): Candidate[] {
  const { placement, resources } = spec;
  const withResources = (changes: Partial<Needs['resources']>): Needs => ({
    ...spec,
    resources: { ...resources, ...changes },
  });
  const smaller = (constraint: Constraint, field: 'cpus' | 'memoryBytes' | 'diskBytes') =>
    descending(
      agents.map(({ offer }) => offer[field]),
      resources[field],
    ).map((value) => ({
      constraint,
      value,
      spec: withResources({ [field]: value }),
    }));
  const list: Candidate[] = [
    ...smaller('cpus', 'cpus'),
    ...smaller('memory', 'memoryBytes'),
    ...smaller('disk', 'diskBytes'),
    ...gpuCandidates(spec, agents, withResources),
    ...priceCandidates(spec, agents),
  ];
  if (placement.agents !== null) {
    list.push({
      constraint: 'agent',
      value: null,
      spec: { ...spec, placement: { ...placement, agents: null } },
    });
  }
  if (placement.isolationMin !== 'container' && placement.isolationMin !== 'native') {
    const relaxed = { ...placement, isolationMin: 'container' as const };
    list.push({
      constraint: 'isolation',
      value: relaxed.isolationMin,
      spec: { ...spec, placement: relaxed },
    });
  }
  if (resources.arch !== null) {
    list.push({ constraint: 'arch', value: null, spec: withResources({ arch: null }) });
  }
  return list;
}

function gpuCandidates(
  { resources }: Needs,
  agents: readonly OnlineAgent[],
  withResources: (changes: Partial<Needs['resources']>) => Needs,
): Candidate[] {
  const { gpus } = resources;
  if (gpus === null) return [];
  const { vendor, models, memoryBytesMin, computeCapabilityMin, ...rest } = gpus;
  const all = { vendor, models, memoryBytesMin, computeCapabilityMin };
  const without = (field: keyof typeof all) => {
    const kept = Object.entries(all).filter(
      ([name, value]) => name !== field && value !== undefined,
    );
    return withResources({ gpus: { ...rest, ...Object.fromEntries(kept) } });
  };
  const list: Candidate[] = [];
  if (vendor !== undefined) {
    list.push({ constraint: 'gpu_vendor', value: null, spec: without('vendor') });
  }
  if (models !== undefined) {
    list.push({ constraint: 'gpu_model', value: null, spec: without('models') });
  }
  if (computeCapabilityMin !== undefined) {
    const spec = without('computeCapabilityMin');
    list.push({ constraint: 'gpu_capability', value: null, spec });
  }
  if (memoryBytesMin !== undefined) {
    const sizes = agents.flatMap(({ offer }) => offer.devices.map((d) => d.memoryBytes ?? 0));
    for (const value of descending(sizes, memoryBytesMin)) {
      const spec = withResources({ gpus: { ...gpus, memoryBytesMin: value } });
      list.push({ constraint: 'gpu_memory', value, spec });
    }
  }
  for (let count = gpus.count - 1; count >= 1; count -= 1) {
    list.push({
      constraint: 'gpu_count',
      value: count,
      spec: withResources({ gpus: { ...gpus, count } }),
    });
  }
  return list;
}

/** The lowest ask that is above what the job offers, as the bid or as the reward it comes to. */
function priceCandidates(spec: Needs, agents: readonly OnlineAgent[]): Candidate[] {
  const { price } = spec;
  const { asset } = priceMax(price);
  const offered = hourlyOffer(spec);
  const asks = agents
    .flatMap(({ offer }) => offer.asks?.[asset] ?? [])
    .map(fromMoney)
    .filter((ask) => ask > offered)
    // What no reward can be worth can't be proposed.
    .filter((ask) => price.kind === 'metered' || rewardFor(ask, spec) <= baseUnitsMax);
  const rising = [...new Set(asks)].toSorted((a, b) => (a < b ? -1 : 1));
  return rising.map((ask) => {
    if (price.kind === 'metered') {
      const bidPerGpuHour = toMoney(ask, asset);
      const pointer = '/price/bidPerGpuHour/amount';
      const changed = { ...spec, price: { ...price, bidPerGpuHour } };
      return { constraint: 'price', pointer, value: bidPerGpuHour.amount, spec: changed };
    }
    const reward = toMoney(rewardFor(ask, spec), asset);
    const pointer = '/price/reward/amount';
    const changed = { ...spec, price: { ...price, reward } };
    return { constraint: 'price', pointer, value: reward.amount, spec: changed };
  });
}

/** The least reward that comes to this ask per GPU hour. */
function rewardFor(ask: BaseUnits, { limits, resources }: Needs): bigint {
  const seconds = BigInt(limits.runSec) * BigInt(billedUnits(resources.gpus));
  return (ask * seconds + 3_599n) / 3_600n;
}

/** The values below a bound that occur, largest first. */
function descending(values: readonly number[], below: number): number[] {
  return [...new Set(values)].filter((v) => v > 0 && v < below).toSorted((a, b) => b - a);
}
