import { limits } from '@node3/shared/limits';
import type { Best, LaneSearch } from './lane-search.ts';
import { coarser } from './packed-needs.ts';
import type { Bounds, Entry, RankTree } from './rank-tree.ts';

/** Entries that pay about the same, by rank. */
export interface Lane {
  bucket: number;
  root: number;
  entries: number;
  firstRank: number;
  /** Per class of askers: nothing that comes before is for them. Absent in a small lane. */
  cursors: Float64Array | null;
}

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

/**
 * Entries that are looked for together, in lanes by what they pay. Askers that have about the same
 * share a class, and a class remembers in each lane how far it has looked: what it could not take it
 * looks at once, not with every search. An entry that comes in before such a cursor moves it back.
 */
export class Lanes {
  readonly #tree: RankTree;
  readonly #tie: (owner: number, other: number) => number;
  readonly #limits: CursorLimits;
  /** Best paid first. */
  readonly #lanes: Lane[] = [];
  readonly #classes = new Map<number, AskerClass[]>();
  readonly #bySlot: AskerClass[] = [];
  #slotsUsed = 0;
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
    lane.root = this.#tree.insert(lane.root, added);
    lane.entries += 1;
    this.#entries += 1;
    this.#maskSeen |= entry.mask;
    lane.firstRank = Math.min(lane.firstRank, entry.rank);
    if (lane.cursors !== null) lower(lane.cursors, entry.rank);
    return added;
  }

  remove(entry: number): void {
    const at = this.#indexOf(bucketOf(this.#tree.offerOf(entry)));
    const lane = this.#lanes[at];
    if (lane === undefined) throw new Error('an entry is in a lane');
    const rank = this.#tree.rankOf(entry);
    lane.root = this.#tree.remove(lane.root, entry);
    this.#tree.release(entry);
    lane.entries -= 1;
    this.#entries -= 1;
    if (lane.entries === 0) this.#lanes.splice(at, 1);
    else if (rank === lane.firstRank) lane.firstRank = this.#tree.firstRank(lane.root);
  }

  /** Adds the lanes to a search that pay what this asker asks. */
  collect(bounds: Bounds, into: LaneSearch): void {
    const slot = this.#entries < this.#limits.laneEntriesMin ? noSlot : this.#slotFor(bounds);
    const lowest = bucketOf(Math.max(0, bounds.ask));
    for (const lane of this.#lanes) {
      if (lane.bucket < lowest) break;
      const rank = boundOf(lane, slot);
      if (rank < Number.POSITIVE_INFINITY) into.add(lane, this, bounds, slot, rank);
    }
  }

  /** Improves `best` by the first entry of a lane, by rank, that is within the bounds and accepted. */
  search(
    lane: Lane,
    bounds: Bounds,
    slot: number,
    best: Best,
    accept: (owner: number) => boolean,
  ): void {
    const until = best.rank;
    let from = boundOf(lane, slot);
    if (slot !== noSlot && lane.entries >= this.#limits.laneEntriesMin) {
      from = this.#moveCursor(lane, slot, bounds, { from, until });
    }
    if (from > until) return;
    const entry = this.#tree.first(lane.root, bounds, { from, until }, accept);
    if (entry === 0) return;
    const rank = this.#tree.rankOf(entry);
    const owner = this.#tree.ownerOf(entry);
    if (rank === until && best.owner !== -1 && this.#tie(owner, best.owner) >= 0) return;
    best.rank = rank;
    best.owner = owner;
  }

  /** Moves the cursor of a class on to what it could take, as far as is of interest. */
  #moveCursor(
    lane: Lane,
    slot: number,
    bounds: Bounds,
    ranks: { from: number; until: number },
  ): number {
    const first = this.#tree.first(lane.root, classBounds(bounds), ranks, null);
    const cursor = first === 0 ? ranks.until : this.#tree.rankOf(first);
    lane.cursors = grownTo(lane.cursors, this.#slotsUsed);
    lane.cursors[slot] = cursor;
    return first === 0 ? Number.POSITIVE_INFINITY : cursor;
  }

  /** Which column of cursors is for askers like this one. */
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
    // Read again: the class that gave up its column may have been one of these.
    this.#classes.set(haveA, [...(this.#classes.get(haveA) ?? []), made]);
    return slot;
  }

  /** A free column, or that of the class that has been here longest. */
  #newSlot(): number {
    if (this.#slotsUsed < this.#limits.classesMax) {
      this.#slotsUsed += 1;
      return this.#slotsUsed - 1;
    }
    const slot = this.#slotNext;
    this.#slotNext = (slot + 1) % this.#limits.classesMax;
    const oldest = this.#bySlot[slot];
    if (oldest !== undefined) {
      const left = this.#classes.get(oldest.haveA)?.filter((one) => one !== oldest) ?? [];
      if (left.length === 0) this.#classes.delete(oldest.haveA);
      else this.#classes.set(oldest.haveA, left);
    }
    for (const { cursors } of this.#lanes) {
      if (cursors !== null && slot < cursors.length) cursors[slot] = nowhere;
    }
    return slot;
  }

  #laneFor(bucket: number): Lane {
    const at = this.#indexOf(bucket);
    const known = this.#lanes[at];
    if (known?.bucket === bucket) return known;
    const made: Lane = { bucket, root: 0, entries: 0, firstRank: Infinity, cursors: null };
    this.#lanes.splice(at, 0, made);
    return made;
  }

  /** Where the lane of a bucket is, or would be. */
  #indexOf(bucket: number): number {
    let [low, high] = [0, this.#lanes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#lanes[middle]?.bucket ?? 0) > bucket) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const single = new Float32Array(1);
const singleBits = new Int32Array(single.buffer);
/** Four lanes to a doubling. */
const bucketShift = 21;

/** From the bits of the number, which grow with it. */
function bucketOf(amount: number): number {
  single[0] = amount;
  return (singleBits[0] as number) >> bucketShift;
}

/** What a class has: at least what each of its askers has, whatever they ask. */
function classBounds({ haveA, haveB, mask }: Bounds): Bounds {
  return { haveA, haveB: coarser(haveB), mask, ask: nowhere };
}

/** Nothing in the lane that this class could take comes before. */
function boundOf({ firstRank, cursors }: Lane, slot: number): number {
  if (cursors === null || slot === noSlot || slot >= cursors.length) return firstRank;
  return Math.max(firstRank, cursors[slot] as number);
}

function lower(cursors: Float64Array, rank: number): void {
  for (let i = 0; i < cursors.length; i += 1) {
    if ((cursors[i] as number) > rank) cursors[i] = rank;
  }
}

function grownTo(cursors: Float64Array | null, length: number): Float64Array {
  if (cursors !== null && cursors.length >= length) return cursors;
  const grown = new Float64Array(Math.ceil(1.5 * length)).fill(nowhere);
  if (cursors !== null) grown.set(cursors);
  return grown;
}
