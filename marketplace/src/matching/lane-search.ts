import type { Lanes } from './lanes.ts';
import type { Bounds } from './rank-tree.ts';

/** The best entry so far; `owner` is -1 while there is none. */
export interface Best {
  rank: number;
  owner: number;
}

/**
 * One search over any number of lanes: the most promising first, since what it has rules out most
 * of the others. One object serves all searches, so that none leaves anything to collect.
 */
export class LaneSearch {
  readonly #ties: 'decide' | 'any';
  readonly #lanes: number[] = [];
  readonly #groups: Lanes[] = [];
  readonly #bounds: Bounds[] = [];
  readonly #slots: number[] = [];
  readonly #ranks: number[] = [];
  readonly #best: Best = { rank: Number.POSITIVE_INFINITY, owner: -1 };
  #count = 0;

  /** @param ties whether between entries of the same rank the owners decide, or any will do. */
  constructor(ties: 'decide' | 'any') {
    this.#ties = ties;
  }

  /** A lane whose first entry for this asker has this rank, or comes later. */
  add(lane: number, group: Lanes, bounds: Bounds, slot: number, rank: number): void {
    const at = this.#count;
    this.#lanes[at] = lane;
    this.#groups[at] = group;
    this.#bounds[at] = bounds;
    this.#slots[at] = slot;
    this.#ranks[at] = rank;
    this.#count += 1;
  }

  /** @returns the owner of the best entry that is accepted, or -1; the next search starts anew. */
  run(accept: (owner: number) => boolean): number {
    const best = this.#best;
    best.rank = Number.POSITIVE_INFINITY;
    best.owner = -1;
    for (;;) {
      const at = this.#nearest(best.rank);
      if (at < 0) break;
      this.#searchLane(at, accept);
      this.#ranks[at] = Number.POSITIVE_INFINITY;
    }
    this.#count = 0;
    return best.owner;
  }

  /** The lane that may hold the best entry, of those not searched yet; -1 when none can any more. */
  #nearest(until: number): number {
    const ranks = this.#ranks;
    let nearest = -1;
    let rank = Number.POSITIVE_INFINITY;
    for (let at = 0; at < this.#count; at += 1) {
      if ((ranks[at] as number) >= rank) continue;
      nearest = at;
      rank = ranks[at] as number;
    }
    const mayBeBest = this.#ties === 'any' ? rank < until : rank <= until;
    return mayBeBest ? nearest : -1;
  }

  #searchLane(at: number, accept: (owner: number) => boolean): void {
    const group = this.#groups[at] as Lanes;
    const bounds = this.#bounds[at] as Bounds;
    group.search(this.#lanes[at] as number, bounds, this.#slots[at] as number, this.#best, accept);
  }
}
