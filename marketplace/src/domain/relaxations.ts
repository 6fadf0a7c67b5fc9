import type { Offer } from '@node3/shared/device';
import { type IsolationLevel, isolationLevels } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { billedUnits, hourlyOffer, priceMax } from '@node3/shared/metering';
import { type BaseUnits, baseUnitsMax, type Money, toMoney, zero } from '@node3/shared/money';
import { constraintPointers } from './constraint-pointers.ts';
import { devicesWithin } from './device-asks.ts';
import {
  type ExcludingConstraint,
  type Exclusions,
  isOnlyGpus,
  onlyExclusion,
} from './exclusions.ts';
import { qualifyingDevices } from './fit-gpus.ts';
import { askOf, type Needs, type SimulatedPolicy } from './matching.ts';

/** One requirement relaxed, everything else as it was. `value` null leaves the field out. */
export interface Relaxation {
  constraint: ExcludingConstraint;
  pointer: string;
  value: string | number | null;
  /** How many agents could run the job then. */
  agents: number;
  /** The lowest that any of them asks per GPU hour; null when one takes anything. */
  askMin: Money | null;
}

/** One change that lets an agent in: the larger `nearness`, the less is given up. */
interface Change {
  constraint: ExcludingConstraint;
  nearness: number | bigint;
}

/** So many say enough. */
const relaxationsMax = 5;

/**
 * Collects the nearest single changes that would let agents run a job that they can't. Of a number,
 * the value closest to what was asked that lets anybody in at all.
 */
export class Relaxations {
  readonly #needs: Needs;
  readonly #simulated: SimulatedPolicy;
  readonly #found = new Map<
    ExcludingConstraint,
    { nearness: number | bigint; agents: number; ask: BaseUnits }
  >();

  constructor(needs: Needs, simulated: SimulatedPolicy) {
    this.#needs = needs;
    this.#simulated = simulated;
  }

  /** Looks at agents of one offer, all excluded by the same. */
  add(offer: Offer, exclusions: Exclusions, agents: number): void {
    for (const { constraint, nearness } of this.#changes(offer, exclusions)) {
      const known = this.#found.get(constraint);
      if (known !== undefined && nearness < known.nearness) continue;
      const ask = askOf(this.#needs, offer, this.#simulated) ?? zero;
      if (known === undefined || nearness > known.nearness) {
        this.#found.set(constraint, { nearness, agents, ask });
      } else {
        known.agents += agents;
        if (ask < known.ask) known.ask = ask;
      }
    }
  }

  /** Most agents first. */
  list(): Relaxation[] {
    const { asset } = priceMax(this.#needs.price);
    const all = [...this.#found].flatMap(([constraint, { nearness, agents, ask }]) => {
      const set = this.#write(constraint, nearness);
      const askMin = ask === 0n ? null : toMoney(ask, asset);
      return set === null ? [] : [{ constraint, ...set, agents, askMin }];
    });
    return all.toSorted((a, b) => b.agents - a.agents).slice(0, relaxationsMax);
  }

  #changes(offer: Offer, exclusions: Exclusions): Change[] {
    if (isOnlyGpus(exclusions)) return this.#gpuChanges(offer);
    const constraint = onlyExclusion(exclusions);
    if (constraint === null) return [];
    if (constraint === 'run_time') return [{ constraint, nearness: offer.runSecMax ?? 0 }];
    if (constraint === 'cpus') return [{ constraint, nearness: offer.cpus }];
    if (constraint === 'memory')
      return atLeast(constraint, offer.memoryBytes, limits.memoryBytesMin);
    if (constraint === 'disk') return atLeast(constraint, offer.diskBytes, limits.diskBytesMin);
    if (constraint === 'price')
      return [{ constraint, nearness: 0n - (askOf(this.#needs, offer, this.#simulated) ?? zero) }];
    if (constraint === 'isolation') return this.#isolationChanges(offer.isolation);
    // Whom a provider does not want, only the provider can let in.
    return constraint === 'requester_blocked' ? [] : [{ constraint, nearness: 0 }];
  }

  /** Nothing is nearer to a job without a container than one, or the other way round. */
  #isolationChanges(level: IsolationLevel): Change[] {
    const nearness = isolationLevels.indexOf(level);
    const isContained = nearness >= isolationLevels.indexOf('container');
    const wanted = this.#needs.placement.isolationMin;
    if (!isContained || wanted === 'native') return [];
    return [{ constraint: 'isolation', nearness }];
  }

  #gpuChanges(offer: Offer): Change[] {
    const { price, resources } = this.#needs;
    const { gpus } = resources;
    if (gpus === null) return [];
    // A change that leads to devices which ask more than is paid lets nobody in.
    const devices = devicesWithin(offer, offer.devices, {
      asset: priceMax(price).asset,
      most: hourlyOffer(this.#needs),
    });
    const qualifying = (changed: typeof gpus) =>
      qualifyingDevices(changed, devices, this.#simulated);
    const { vendor, framework, models, memoryBytesMin, computeCapabilityMin, ...rest } = gpus;
    const rules = {
      ...(vendor === undefined ? {} : { gpu_vendor: { vendor } }),
      ...(framework === undefined ? {} : { gpu_framework: { framework } }),
      ...(models === undefined ? {} : { gpu_model: { models } }),
      ...(computeCapabilityMin === undefined ? {} : { gpu_capability: { computeCapabilityMin } }),
      ...(memoryBytesMin === undefined ? {} : { gpu_memory: { memoryBytesMin } }),
    };
    const names = Object.keys(rules) as (keyof typeof rules)[];
    const without = (dropped: keyof typeof rules) =>
      names.reduce(
        (all, name) => (name === dropped ? all : { ...all, ...rules[name] }),
        rest as typeof gpus,
      );
    const changes: Change[] = names
      .filter((name) => name !== 'gpu_memory')
      .filter((name) => qualifying(without(name)).length >= gpus.count)
      .map((constraint) => ({ constraint, nearness: 0 }));
    const sizes = qualifying(without('gpu_memory'))
      .flatMap(({ memoryBytes }) => memoryBytes ?? [])
      .toSorted((a, b) => b - a);
    const size = sizes[gpus.count - 1];
    if (memoryBytesMin !== undefined && size !== undefined && size > 0) {
      changes.push({ constraint: 'gpu_memory', nearness: size });
    }
    // Slices of cards serve a job with one of them, and count for none with more.
    const whole = qualifying(gpus).length;
    const count = whole > 0 ? whole : Math.min(1, qualifying({ ...gpus, count: 1 }).length);
    if (count > 0) changes.push({ constraint: 'gpu_count', nearness: count });
    return changes;
  }

  /** What to write where; null for what can't be written. */
  #write(
    constraint: ExcludingConstraint,
    nearness: number | bigint,
  ): Pick<Relaxation, 'pointer' | 'value'> | null {
    const pointer = constraintPointers[constraint];
    if (constraint === 'price') return this.#priceOf(-BigInt(nearness));
    if (constraint === 'isolation') {
      return { pointer, value: isolationLevels[Number(nearness)] ?? null };
    }
    return { pointer, value: nearness === 0 ? null : Number(nearness) };
  }

  /** The bid that is the ask, or the reward that comes to it. */
  #priceOf(ask: bigint): Pick<Relaxation, 'pointer' | 'value'> | null {
    const { price, resources } = this.#needs;
    const { asset } = priceMax(price);
    if (price.kind === 'metered') {
      const { amount } = toMoney(ask, asset);
      return { pointer: '/price/bidPerGpuHour/amount', value: amount };
    }
    const seconds = BigInt(this.#needs.limits.runSec) * BigInt(billedUnits(resources.gpus));
    const reward = (ask * seconds + 3_599n) / 3_600n;
    // What no reward can be worth can't be proposed.
    if (reward > baseUnitsMax) return null;
    return { pointer: '/price/reward/amount', value: toMoney(reward, asset).amount };
  }
}

/** No job asks for less than this. */
function atLeast(constraint: ExcludingConstraint, nearness: number, min: number): Change[] {
  return nearness < min ? [] : [{ constraint, nearness }];
}
