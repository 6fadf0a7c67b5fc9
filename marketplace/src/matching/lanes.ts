import { limits } from '@node3/shared/limits';
import type { Best, LaneSearch } from './lane-search.ts';
import { coarser } from './packed-needs.ts';
import type { Accept, Bounds, Entry, RankTree } from './rank-tree.ts';

/** Askers that the entries here can't tell apart, or nearly so. */
interface AskerClass {
  haveA: number;
  haveB: number;
  mask: number;
  slot: number;
}

/** When cursors are worth their memory, and for how many classes. */
export interface CursorLimits {
  /** A lane with fewer entries is searched from its beginning. */
  laneEntriesMin: number;
  /** With more, the class that has been here longest is forgotten. */
  classesMax: number;
}

export const cursorLimits: CursorLimits = {
  laneEntriesMin: limits.laneEntriesMin,
  classesMax: limits.askerClasses,
};

/** Of an asker whose class is not worth being told apart. */
const noSlot = -1;
const nowhere = Number.NEGATIVE_INFINITY;
/** A few: most groups are small. */
const lanesFirst = 4;

/**
 * Entries that are looked for together, in lanes by what they pay. Askers that have about the same
 * share a class, and a class remembers in each lane how far it has looked: what it could not take it
 * looks at once, not with every search. An entry that comes in before such a cursor moves it back.
 * A lane is a number; what is known of all lanes lies side by side, since every search reads it.
 */
export class Lanes {
  readonly #tree: RankTree;
  readonly #tie: (owner: number, other: number) => number;
  readonly #limits: CursorLimits;
  readonly #laneOf = new Map<number, number>();
  #buckets = new Int32Array(lanesFirst);
  #firstRanks = new Float64Array(lanesFirst);
  readonly #roots: number[] = [];
  readonly #sizes: number[] = [];
  /** Per lane: no cursor is beyond this, so that most entries need look at none. */
  readonly #cursorMax: number[] = [];
  /** Per class: nothing of a lane that comes before is for it. */
  readonly #cursors: Float64Array[] = [];
  readonly #classes = new Map<number, AskerClass[]>();
  readonly #bySlot: AskerClass[] = [];
  #slotNext = 0;
  /** All bits that any entry has ever asked for: others do not tell askers apart. */
  #maskSeen = 0;
  #entries = 0;

  constructor(
    tree: RankTree,
    tie: (owner: number, other: number) => number,
    cursors: CursorLimits,
  ) {
    this.#tree = tree;
    this.#tie = tie;
    this.#limits = cursors;
  }

  get entries(): number {
    return this.#entries;
  }

  /** @returns the number of the entry, for `remove`. */
  add(entry: Entry): number {
    const lane = this.#laneFor(bucketOf(entry.offer));
    const added = this.#tree.create(entry);
    this.#maskSeen |= entry.mask;
    this.#insert(lane, added);
    return added;
  }

  #insert(lane: number, entry: number): void {
    this.#roots[lane] = this.#tree.insert(this.#roots[lane] as number, entry);
    this.#sizes[lane] = (this.#sizes[lane] as number) + 1;
    this.#entries += 1;
    const rank = this.#tree.rankOf(entry);
    if (rank < (this.#firstRanks[lane] as number)) this.#firstRanks[lane] = rank;
    if (rank < (this.#cursorMax[lane] as number)) this.#lowerCursors(lane, rank);
  }

  /** Adds many at once. @returns their numbers, in order. */
  addAll(entries: readonly Entry[]): number[] {
    const added = entries.map((entry) => this.#tree.create(entry));
    const byLane = Map.groupBy(added, (entry) => bucketOf(this.#tree.offerOf(entry)));
    for (const [bucket, inLane] of byLane) {
      const lane = this.#laneFor(bucket);
      if (this.#roots[lane] === 0) this.#plant(lane, inLane);
      else for (const entry of inLane) this.#insert(lane, entry);
    }
    for (const { mask } of entries) this.#maskSeen |= mask;
    return added;
  }

  #plant(lane: number, entries: number[]): void {
    const root = this.#tree.build(entries);
    this.#roots[lane] = root;
    this.#sizes[lane] = entries.length;
    this.#entries += entries.length;
    const first = this.#tree.firstRank(root);
    this.#firstRanks[lane] = first;
    if (first < (this.#cursorMax[lane] as number)) this.#lowerCursors(lane, first);
  }

  remove(entry: number): void {
    const lane = this.#laneOf.get(bucketOf(this.#tree.offerOf(entry)));
    if (lane === undefined) throw new Error('an entry is in a lane');
    const rank = this.#tree.rankOf(entry);
    const root = this.#tree.remove(this.#roots[lane] as number, entry);
    this.#roots[lane] = root;
    this.#tree.release(entry);
    this.#sizes[lane] = (this.#sizes[lane] as number) - 1;
    this.#entries -= 1;
    if (root === 0) this.#firstRanks[lane] = Number.POSITIVE_INFINITY;
    else if (rank === this.#firstRanks[lane]) this.#firstRanks[lane] = this.#tree.firstRank(root);
  }

  /** How many entries have a smaller rank. */
  countBefore(rank: number): number {
    return this.#roots.reduce((sum, root) => sum + this.#tree.countBefore(root, rank), 0);
  }

  /** Adds the lanes to a search that pay what this asker asks. */
  collect(bounds: Bounds, into: LaneSearch): void {
    const slot = this.#entries < this.#limits.laneEntriesMin ? noSlot : this.#slotFor(bounds);
    const cursors = slot === noSlot ? undefined : this.#cursors[slot];
    const lowest = bucketOf(Math.max(0, bounds.ask));
    into.begin({ group: this, bounds, slot });
    const lanes = this.#roots.length;
    const buckets = this.#buckets;
    const firstRanks = this.#firstRanks;
    for (let lane = 0; lane < lanes; lane += 1) {
      if ((buckets[lane] as number) < lowest) continue;
      let rank = firstRanks[lane] as number;
      if (cursors !== undefined && (cursors[lane] as number) > rank) rank = cursors[lane] as number;
      if (rank < Number.POSITIVE_INFINITY) into.add(lane, rank);
    }
  }

  /** Improves `best` by the first entry of a lane, by rank, that is within the bounds and accepted. */
  search(lane: number, bounds: Bounds, slot: number, best: Best, accept: Accept): void {
    const until = best.rank;
    const root = this.#roots[lane] as number;
    let from = this.#firstRanks[lane] as number;
    if (slot !== noSlot && (this.#sizes[lane] as number) >= this.#limits.laneEntriesMin) {
      from = this.#moveCursor(lane, slot, bounds, { from, until });
    }
    if (from > until) return;
    const entry = this.#tree.first(root, bounds, { from, until }, accept);
    if (entry === 0) return;
    const rank = this.#tree.rankOf(entry);
    const owner = this.#tree.ownerOf(entry);
    if (rank === until && best.owner !== -1 && this.#tie(owner, best.owner) >= 0) return;
    best.rank = rank;
    best.owner = owner;
  }

  /** Moves the cursor of a class on to what it could take, as far as is of interest. */
  #moveCursor(
    lane: number,
    slot: number,
    bounds: Bounds,
    ranks: { from: number; until: number },
  ): number {
    const cursors = this.#cursors[slot] as Float64Array;
    const from = Math.max(ranks.from, cursors[lane] as number);
    const { until } = ranks;
    if (from > until) return from;
    const root = this.#roots[lane] as number;
    const first = this.#tree.first(root, classBounds(bounds), { from, until }, null);
    const cursor = first === 0 ? until : this.#tree.rankOf(first);
    cursors[lane] = cursor;
    if (cursor > (this.#cursorMax[lane] as number)) this.#cursorMax[lane] = cursor;
    return first === 0 ? Number.POSITIVE_INFINITY : cursor;
  }

  #lowerCursors(lane: number, rank: number): void {
    for (const cursors of this.#cursors) {
      if ((cursors[lane] as number) > rank) cursors[lane] = rank;
    }
    this.#cursorMax[lane] = rank;
  }

  /** Which cursors are for askers like this one. */
  #slotFor(bounds: Bounds): number {
    const { haveA } = bounds;
    const haveB = coarser(bounds.haveB);
    const mask = bounds.mask & this.#maskSeen;
    for (const one of this.#classes.get(haveA) ?? []) {
      if (one.haveB === haveB && one.mask === mask) return one.slot;
    }
    const slot = this.#newSlot();
    const made = { haveA, haveB, mask, slot };
    this.#bySlot[slot] = made;
    // Read again: the class that gave up its cursors may have been one of these.
    this.#classes.set(haveA, [...(this.#classes.get(haveA) ?? []), made]);
    return slot;
  }

  /** Fresh cursors, or those of the class that has been here longest. */
  #newSlot(): number {
    if (this.#cursors.length < this.#limits.classesMax) {
      return this.#cursors.push(new Float64Array(this.#buckets.length).fill(nowhere)) - 1;
    }
    const slot = this.#slotNext;
    this.#slotNext = (slot + 1) % this.#limits.classesMax;
    const oldest = this.#bySlot[slot];
    if (oldest !== undefined) {
      const left = this.#classes.get(oldest.haveA)?.filter((one) => one !== oldest) ?? [];
      if (left.length === 0) this.#classes.delete(oldest.haveA);
      else this.#classes.set(oldest.haveA, left);
    }
    this.#cursors[slot]?.fill(nowhere);
    return slot;
  }

  /** A lane stays when it is empty: there are only so many, and they fill again. */
  #laneFor(bucket: number): number {
    const known = this.#laneOf.get(bucket);
    if (known !== undefined) return known;
    const lane = this.#roots.push(0) - 1;
    if (lane >= this.#buckets.length) this.#grow();
    this.#laneOf.set(bucket, lane);
    this.#buckets[lane] = bucket;
    this.#firstRanks[lane] = Number.POSITIVE_INFINITY;
    this.#sizes[lane] = 0;
    this.#cursorMax[lane] = nowhere;
    return lane;
  }

  #grow(): void {
    const length = 2 * this.#buckets.length;
    const buckets = new Int32Array(length);
    buckets.set(this.#buckets);
    this.#buckets = buckets;
    const firstRanks = new Float64Array(length);
    firstRanks.set(this.#firstRanks);
    this.#firstRanks = firstRanks;
    for (const [slot, cursors] of this.#cursors.entries()) {
      const longer = new Float64Array(length).fill(nowhere);
      longer.set(cursors);
      this.#cursors[slot] = longer;
    }
  }
}

const single = new Float32Array(1);
const singleBits = new Int32Array(single.buffer);
/** Two lanes to a doubling: with more, a search looks at more lanes; with fewer, at more entries. */
const bucketShift = 22;

/** From the bits of the number, which grow with it. */
function bucketOf(amount: number): number {
  single[0] = amount;
  return (singleBits[0] as number) >> bucketShift;
}

/** What a class has: at least what each of its askers has, whatever they ask. */
function classBounds({ haveA, haveB, mask }: Bounds): Bounds {
  return { haveA, haveB: coarser(haveB), mask, ask: nowhere };
}
