import type { Lanes } from './lanes.ts';
import type { Accept, Bounds } from './rank-tree.ts';

/** The best entry so far; `owner` is -1 while there is none. */
export interface Best {
  rank: number;
  owner: number;
}

/** A group of lanes as one asker sees it. */
export interface Part {
  group: Lanes;
  bounds: Bounds;
  /** Which cursors are the asker's. */
  slot: number;
}

/**
 * One search over any number of lanes: the most promising first, since what it has rules out most
 * of the others. One object serves all searches, so that none leaves much to collect.
 */
export class LaneSearch {
  readonly #ties: 'decide' | 'any';
  readonly #parts: Part[] = [];
  #lanes = new Int32Array(256);
  #partOf = new Int32Array(256);
  #ranks = new Float64Array(256);
  #count = 0;
  readonly #best: Best = { rank: Number.POSITIVE_INFINITY, owner: -1 };

  /** @param ties whether between entries of the same rank the owners decide, or any will do. */
  constructor(ties: 'decide' | 'any') {
    this.#ties = ties;
  }

  /** The part that the lanes belong to which are added next. */
  begin(part: Part): void {
    this.#parts.push(part);
  }

  /** A lane whose first entry for this asker has this rank, or comes later. */
  add(lane: number, rank: number): void {
    const at = this.#count;
    if (at === this.#lanes.length) this.#grow();
    this.#lanes[at] = lane;
    this.#partOf[at] = this.#parts.length - 1;
    this.#ranks[at] = rank;
    this.#count += 1;
  }

  /** @returns the owner of the best entry that is accepted, or -1; the next search starts anew. */
  run(accept: Accept): number {
    const best = this.#best;
    best.rank = Number.POSITIVE_INFINITY;
    best.owner = -1;
    for (;;) {
      const at = this.#nearest(best.rank);
      if (at < 0) break;
      const { group, bounds, slot } = this.#parts[this.#partOf[at] as number] as Part;
      group.search(this.#lanes[at] as number, bounds, slot, best, accept);
      this.#ranks[at] = Number.POSITIVE_INFINITY;
    }
    this.#count = 0;
    this.#parts.length = 0;
    return best.owner;
  }

  /** The lane that may hold the best entry, of those not searched yet; -1 when none can any more. */
  #nearest(until: number): number {
    const ranks = this.#ranks;
    let nearest = -1;
    let rank = Number.POSITIVE_INFINITY;
    for (let at = 0; at < this.#count; at += 1) {
      const one = ranks[at] as number;
      if (one >= rank) continue;
      nearest = at;
      rank = one;
    }
    const mayBeBest = this.#ties === 'any' ? rank < until : rank <= until;
    return mayBeBest ? nearest : -1;
  }

  #grow(): void {
    const [lanes, partOf, ranks] = [this.#lanes, this.#partOf, this.#ranks];
    this.#lanes = new Int32Array(2 * lanes.length);
    this.#partOf = new Int32Array(2 * lanes.length);
    this.#ranks = new Float64Array(2 * lanes.length);
    this.#lanes.set(lanes);
    this.#partOf.set(partOf);
    this.#ranks.set(ranks);
  }
}
