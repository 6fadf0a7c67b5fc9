import { isWithin, packedMin } from './packed-needs.ts';

/** What one entry asks for, in lower bounds. */
export interface Entry {
  /** Smaller comes first. */
  rank: number;
  /** Packed needs: see `packed-needs.ts`. */
  needA: number;
  needB: number;
  /** Bits that must all be there. */
  mask: number;
  /** What it pays; rounded to 32 bits, which keeps the order. */
  offer: number;
  /** Whose entry it is. */
  owner: number;
}

/** The exact check of an entry, by whose it is and what it pays. */
export type Accept = (owner: number, offer: number) => boolean;

/** What an asker has. */
export interface Bounds {
  haveA: number;
  haveB: number;
  mask: number;
  ask: number;
}

/** Sixteen 32-bit words per entry, so that looking at one costs one cache line. */
const words = 16;
const left = 2;
const right = 3;
const ownA = 4;
const ownB = 5;
const ownMask = 6;
const ownOffer = 7;
const minA = 8;
const minB = 9;
const allMask = 10;
const maxOffer = 11;
const ownerWord = 12;
const count = 13;
const nextFree = 2;

/**
 * Many search trees in one block of memory. A tree holds its entries by rank, and every subtree knows
 * the least that anything in it asks for: so a search for the first entry that an asker can take
 * leaves out whatever is in its way, however much it is. The trees are treaps: balanced by a
 * number drawn from the entry's place in memory.
 */
export class RankTree {
  readonly #tie: (owner: number, other: number) => number;
  #ints = new Int32Array(words * 64);
  #floats = new Float64Array(this.#ints.buffer);
  #singles = new Float32Array(this.#ints.buffer);
  /** Entry 0 stands for "none". */
  #used = 1;
  #free = 0;
  #looked = 0;
  readonly #path: number[] = [];
  readonly #halves: [number, number] = [0, 0];
  #from = 0;
  #until = 0;
  #bounds: Bounds = { haveA: 0, haveB: 0, mask: 0, ask: 0 };
  #accept: Accept | null = null;

  /** @param tie decides between owners of entries with the same rank. */
  constructor(tie: (owner: number, other: number) => number) {
    this.#tie = tie;
  }

  get bytes(): number {
    return this.#ints.byteLength;
  }

  /** Entries that all searches so far have looked at: how much work they were, whatever the machine. */
  get looked(): number {
    return this.#looked;
  }

  ownerOf(entry: number): number {
    return this.#ints[entry * words + ownerWord] as number;
  }

  rankOf(entry: number): number {
    return this.#floats[entry * 8] as number;
  }

  offerOf(entry: number): number {
    return this.#singles[entry * words + ownOffer] as number;
  }

  /** The rank of the first entry of a tree that is not empty. */
  firstRank(root: number): number {
    let at = root;
    for (let next = at; next !== 0; next = this.#ints[next * words + left] as number) at = next;
    return this.rankOf(at);
  }

  /** How many entries of a tree have a smaller rank. */
  countBefore(root: number, rank: number): number {
    const ints = this.#ints;
    let before = 0;
    let at = root;
    while (at !== 0) {
      const below = ints[at * words + left] as number;
      if (this.rankOf(at) >= rank) {
        at = below;
        continue;
      }
      before += 1 + (below === 0 ? 0 : (ints[below * words + count] as number));
      at = ints[at * words + right] as number;
    }
    return before;
  }

  /** Makes an entry that is in no tree yet. */
  create(entry: Entry): number {
    const at = this.#allocate();
    const base = at * words;
    this.#floats[at * 8] = entry.rank;
    this.#ints[base + left] = 0;
    this.#ints[base + right] = 0;
    this.#ints[base + ownA] = entry.needA;
    this.#ints[base + ownB] = entry.needB;
    this.#ints[base + ownMask] = entry.mask;
    this.#singles[base + ownOffer] = entry.offer;
    this.#ints[base + ownerWord] = entry.owner;
    this.#sum(at);
    return at;
  }

  /** Gives the memory of an entry back that is in no tree any more. */
  release(entry: number): void {
    this.#ints[entry * words + nextFree] = this.#free;
    this.#free = entry;
  }

  /** @returns the new root. */
  insert(root: number, entry: number): number {
    const ints = this.#ints;
    const path = this.#path;
    path.length = 0;
    let at = root;
    while (at !== 0 && !(priority(entry) > priority(at))) {
      path.push(at);
      at = ints[at * words + (this.#compare(entry, at) < 0 ? left : right)] as number;
    }
    this.#split(at, entry);
    ints[entry * words + left] = this.#halves[0];
    ints[entry * words + right] = this.#halves[1];
    this.#sum(entry);
    return this.#climb(entry, at);
  }

  /** @returns the new root. */
  remove(root: number, entry: number): number {
    const ints = this.#ints;
    const path = this.#path;
    path.length = 0;
    let at = root;
    while (at !== entry && at !== 0) {
      path.push(at);
      at = ints[at * words + (this.#compare(entry, at) < 0 ? left : right)] as number;
    }
    if (at === 0) throw new Error('the entry is not in this tree');
    const base = entry * words;
    const merged = this.#merge(ints[base + left] as number, ints[base + right] as number);
    return this.#climb(merged, entry);
  }

  /** One tree of entries that are in none yet: much faster than to insert one after the other. */
  build(entries: readonly number[]): number {
    const ints = this.#ints;
    const sorted = entries.toSorted((one, other) => this.#compare(one, other));
    // The right edge of the tree so far, from the root down.
    const edge: number[] = [];
    for (const entry of sorted) {
      let below = 0;
      for (let top = edge.at(-1); top !== undefined && priority(entry) > priority(top); ) {
        this.#sum(top);
        below = top;
        edge.pop();
        top = edge.at(-1);
      }
      ints[entry * words + left] = below;
      const parent = edge.at(-1);
      if (parent !== undefined) ints[parent * words + right] = entry;
      edge.push(entry);
    }
    for (const entry of edge.toReversed()) this.#sum(entry);
    return edge[0] ?? 0;
  }

  /**
   * The first entry within the bounds, of those with a rank from `from` to `until`; 0 when there is
   * none. `accept` is the exact check where the bounds are not all.
   */
  first(
    root: number,
    bounds: Bounds,
    ranks: { from: number; until: number },
    accept: Accept | null,
  ): number {
    this.#bounds = bounds;
    this.#from = ranks.from;
    this.#until = ranks.until;
    this.#accept = accept;
    return this.#firstIn(root);
  }

  #firstIn(at: number): number {
    if (at === 0) return 0;
    this.#looked += 1;
    const ints = this.#ints;
    const singles = this.#singles;
    const { haveA, haveB, ask, mask } = this.#bounds;
    const base = at * words;
    if (((ints[base + allMask] as number) & ~mask) !== 0) return 0;
    if (!((singles[base + maxOffer] as number) >= ask)) return 0;
    if (!isWithin(ints[base + minA] as number, haveA)) return 0;
    if (!isWithin(ints[base + minB] as number, haveB)) return 0;
    const rank = this.#floats[at * 8] as number;
    if (rank >= this.#from) {
      const before = this.#firstIn(ints[base + left] as number);
      if (before !== 0) return before;
      const isOpen =
        rank <= this.#until &&
        ((ints[base + ownMask] as number) & ~mask) === 0 &&
        (singles[base + ownOffer] as number) >= ask &&
        isWithin(ints[base + ownA] as number, haveA) &&
        isWithin(ints[base + ownB] as number, haveB);
      if (isOpen && this.#accepts(base)) return at;
    }
    return rank <= this.#until ? this.#firstIn(ints[base + right] as number) : 0;
  }

  #accepts(base: number): boolean {
    if (this.#accept === null) return true;
    return this.#accept(
      this.#ints[base + ownerWord] as number,
      this.#singles[base + ownOffer] as number,
    );
  }

  /** Puts `child` in the place of `old` at the end of the path, and sums up on the way to the root. */
  #climb(child: number, old: number): number {
    const ints = this.#ints;
    const path = this.#path;
    let [from, to] = [old, child];
    for (let at = path.pop(); at !== undefined; at = path.pop()) {
      const base = at * words;
      if (from === 0) ints[base + (this.#compare(to, at) < 0 ? left : right)] = to;
      else ints[base + (ints[base + left] === from ? left : right)] = to;
      this.#sum(at);
      from = at;
      to = at;
    }
    return to;
  }

  /** Splits a tree into what comes before an entry and what comes after it: into `#halves`. */
  #split(root: number, entry: number): void {
    const halves = this.#halves;
    if (root === 0) {
      halves[0] = 0;
      halves[1] = 0;
      return;
    }
    const base = root * words;
    if (this.#compare(entry, root) < 0) {
      this.#split(this.#ints[base + left] as number, entry);
      this.#ints[base + left] = halves[1];
      halves[1] = root;
    } else {
      this.#split(this.#ints[base + right] as number, entry);
      this.#ints[base + right] = halves[0];
      halves[0] = root;
    }
    this.#sum(root);
  }

  #merge(low: number, high: number): number {
    if (low === 0) return high;
    if (high === 0) return low;
    if (priority(low) > priority(high)) {
      const at = low * words + right;
      this.#ints[at] = this.#merge(this.#ints[at] as number, high);
      this.#sum(low);
      return low;
    }
    const at = high * words + left;
    this.#ints[at] = this.#merge(low, this.#ints[at] as number);
    this.#sum(high);
    return high;
  }

  #compare(one: number, other: number): number {
    const by = this.rankOf(one) - this.rankOf(other);
    return by === 0 ? this.#tie(this.ownerOf(one), this.ownerOf(other)) || one - other : by;
  }

  /** What a subtree asks for at least: from its root and the two below it. */
  #sum(at: number): void {
    const ints = this.#ints;
    const singles = this.#singles;
    const base = at * words;
    let a = ints[base + ownA] as number;
    let b = ints[base + ownB] as number;
    let mask = ints[base + ownMask] as number;
    let offer = singles[base + ownOffer] as number;
    let entries = 1;
    for (let side = left; side <= right; side += 1) {
      const child = ints[base + side] as number;
      if (child === 0) continue;
      const below = child * words;
      a = packedMin(a, ints[below + minA] as number);
      b = packedMin(b, ints[below + minB] as number);
      mask &= ints[below + allMask] as number;
      offer = Math.max(offer, singles[below + maxOffer] as number);
      entries += ints[below + count] as number;
    }
    ints[base + minA] = a;
    ints[base + minB] = b;
    ints[base + allMask] = mask;
    singles[base + maxOffer] = offer;
    ints[base + count] = entries;
  }

  #allocate(): number {
    if (this.#free !== 0) {
      const entry = this.#free;
      this.#free = this.#ints[entry * words + nextFree] as number;
      return entry;
    }
    if ((this.#used + 1) * words > this.#ints.length) this.#grow();
    this.#used += 1;
    return this.#used - 1;
  }

  #grow(): void {
    const grown = new Int32Array(Math.ceil((this.#ints.length * 1.5) / words) * words);
    grown.set(this.#ints);
    this.#ints = grown;
    this.#floats = new Float64Array(grown.buffer);
    this.#singles = new Float32Array(grown.buffer);
  }
}

/** Drawn from the entry's number: mixed, so that neighbours get quite different ones. */
function priority(entry: number): number {
  let mixed = Math.imul(entry ^ (entry >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
