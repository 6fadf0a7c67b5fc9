import type { PlacementStrategy } from '@node3/shared/job-spec';
import { type Asset, assets, type BaseUnits } from '@node3/shared/money';
import { placementRank } from '../domain/placement-strategy.ts';
import type { IdleMember } from './idle-member.ts';
import type { LaneSearch } from './lane-search.ts';
import { Lanes } from './lanes.ts';
import { flip } from './packed-needs.ts';
import { type Bounds, type Entry, RankTree } from './rank-tree.ts';
import type { Signature } from './signatures.ts';

/** A job that looks for an agent. */
export interface Seeker {
  signature: Signature;
  asset: Asset;
  hourlyOffer: BaseUnits;
  /** Kinds of devices it could take; null when it needs none. */
  models: readonly string[] | null;
}

interface Spot {
  lanes: Lanes;
  entry: number;
  key: string;
}

/**
 * The idle agents as one strategy orders them. The same lanes as those of the jobs, seen from the
 * other side: what an agent lacks is what it "needs" of a job not to ask for, and it "pays" the
 * more the less it asks. An agent whose devices ask differently stands there once for each ask.
 */
export class IdleOrder {
  readonly #strategy: PlacementStrategy;
  readonly #tree = new RankTree(tie);
  readonly #groups = new Map<string, Lanes>();
  readonly #spots: Spot[][] = [];

  constructor(strategy: PlacementStrategy, members: readonly (IdleMember | undefined)[]) {
    this.#strategy = strategy;
    for (const member of members) if (member !== undefined) this.add(member);
  }

  get bytes(): number {
    return this.#tree.bytes;
  }

  add(member: IdleMember): void {
    const { view, owner } = member;
    const spots: Spot[] = [];
    const base = { needB: flip(view.haveB), mask: ~view.mask, owner };
    // Work without a GPU has no ask.
    const rank = placementRank(this.#strategy, member.facts(null));
    spots.push(this.#put('none', { ...base, needA: flip(view.withoutGpu), rank, offer: Infinity }));
    for (const asset of assets) {
      for (const level of view.levels[asset]) {
        // All devices together: a job may take some of each model.
        const needA = flip(level.haveA.get('any') ?? 0);
        const levelRank = placementRank(this.#strategy, member.facts(level.ask));
        const entry = { ...base, needA, rank: levelRank, offer: willingness(level.ask) };
        for (const kind of member.kindsOf(level)) {
          spots.push(this.#put(`${asset} ${kind}`, entry));
        }
      }
    }
    this.#spots[owner] = spots;
  }

  delete(owner: number): void {
    for (const { lanes, entry, key } of this.#spots[owner] ?? []) {
      lanes.remove(entry);
      if (lanes.entries === 0) this.#groups.delete(key);
    }
    this.#spots[owner] = [];
  }

  /** Adds every lane that could hold an agent for such a job. */
  collect(job: Seeker, into: LaneSearch): void {
    const { models } = job;
    const { needA, needB, mask } = job.signature;
    const bounds: Bounds = {
      haveA: flip(needA),
      haveB: flip(needB),
      mask: ~mask,
      ask: models === null ? Number.NEGATIVE_INFINITY : willingness(job.hourlyOffer),
    };
    const keys = models === null ? ['none'] : models.map((model) => `${job.asset} ${model}`);
    for (const key of keys) this.#groups.get(key)?.collect(bounds, into);
  }

  #put(key: string, entry: Entry): Spot {
    let lanes = this.#groups.get(key);
    if (lanes === undefined) {
      lanes = new Lanes(this.#tree, tie, noCursors);
      this.#groups.set(key, lanes);
    }
    return { lanes, entry: lanes.add(entry), key };
  }
}

/** Which of two agents with the same rank comes first does not matter, as long as it stays so. */
function tie(one: number, other: number): number {
  return one - other;
}

/** Larger the less is asked; any constant does, this one stays exact over the range of amounts. */
export function willingness(amount: BaseUnits): number {
  return amount === 0n ? Number.POSITIVE_INFINITY : Math.fround(2 ** 64 / Number(amount));
}

/** Jobs differ far more than machines do: hardly two of them would use the same cursor. */
const noCursors = { laneEntriesMin: Number.POSITIVE_INFINITY, classesMax: 1 };
