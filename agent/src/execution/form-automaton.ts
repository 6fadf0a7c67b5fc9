import { randomInt } from 'node:crypto';

/** Stretches of a text, in order and apart from each other: from a place up to before another. */
export type Places = [from: number, to: number][];

/**
 * Finds many forms in a text in one pass, however many they are (Aho, Corasick): jobs choose the
 * forms and the texts, and must not be able to make the agent slow. A character costs two steps on
 * average, and a form 15 bytes for each character that it does not share with the beginning of another.
 *
 * A state stands for a beginning of a form. States are numbered as a walk through the tree of all
 * beginnings meets them, so the first child of a state, and nearly always the only one, is the next.
 */
export class FormAutomaton {
  /** The last character of the beginning. */
  readonly #codes: Uint16Array;
  readonly #depths: Int32Array;
  /** The longest shorter beginning that this one ends with. */
  readonly #shorter: Int32Array;
  /** How long the longest form is that this beginning ends with; 0 for none. */
  readonly #found: Int32Array;
  readonly #branches: Uint8Array;
  readonly #others: ChildTable;
  /** The children of the beginning of a text for most characters, since it is what comes up most. */
  readonly #first = new Int32Array(256);
  #steps = 0;

  constructor(forms: readonly string[]) {
    const sorted = [...new Set(forms)].filter((form) => form !== '').toSorted(byCodeUnits);
    const states = countStates(sorted);
    this.#codes = new Uint16Array(states + 1);
    this.#depths = new Int32Array(states + 1);
    this.#shorter = new Int32Array(states);
    this.#found = new Int32Array(states);
    this.#branches = new Uint8Array(states);
    this.#others = new ChildTable(sorted.length);
    this.#link(this.#plant(sorted));
  }

  get isEmpty(): boolean {
    return this.states === 1;
  }

  get states(): number {
    return this.#found.length;
  }

  /** Looks at children of states since it was made: what its work is measured by. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * Goes on from a state (0 at the beginning of a text), notes in `places` what belongs to a form, with
   * `offset` for the first character of this text, and @returns the state after it.
   */
  scan(text: string, from: number, places: Places, offset: number): number {
    if (this.isEmpty) return 0;
    let state = from;
    for (let at = 0; at < text.length; at += 1) {
      state = this.#next(state, text.charCodeAt(at));
      const length = this.#found[state] ?? 0;
      if (length > 0) note(places, offset + at + 1 - length, offset + at + 1);
    }
    return state;
  }

  /** How many characters at the end of the text may be the beginning of a form that goes on. */
  openChars(state: number): number {
    let open = state;
    while (open !== 0 && !this.#hasChild(open)) open = this.#shorter[open] ?? 0;
    return this.#depths[open] ?? 0;
  }

  #next(from: number, code: number): number {
    let state = from;
    for (;;) {
      this.#steps += 1;
      const child = this.#child(state, code);
      if (child !== 0 || state === 0) return child;
      state = this.#shorter[state] ?? 0;
    }
  }

  /** 0, which is nobody's child, for none. */
  #child(state: number, code: number): number {
    if (state === 0 && code < this.#first.length) return this.#first[code] ?? 0;
    if (this.#codes[state + 1] === code && this.#hasChild(state)) return state + 1;
    return this.#branches[state] === 1 ? this.#others.get(state, code) : 0;
  }

  #hasChild(state: number): boolean {
    return this.#depths[state + 1] === (this.#depths[state] ?? 0) + 1;
  }

  /** Makes the tree. @returns the parent of each state. */
  #plant(sorted: readonly string[]): Int32Array {
    const parents = new Int32Array(this.states);
    const path = new Int32Array(sorted.reduce((max, { length }) => Math.max(max, length), 0) + 1);
    let [last, before] = [0, ''];
    for (const form of sorted) {
      const shared = sharedChars(before, form);
      let parent = path[shared] ?? 0;
      if (parent !== last) {
        this.#branches[parent] = 1;
        this.#others.set(parent, form.charCodeAt(shared), last + 1);
      }
      for (let at = shared; at < form.length; at += 1) {
        last += 1;
        this.#codes[last] = form.charCodeAt(at);
        this.#depths[last] = at + 1;
        parents[last] = parent;
        path[at + 1] = last;
        if (at === 0) this.#first[form.charCodeAt(0)] = last;
        parent = last;
      }
      this.#found[last] = form.length;
      before = form;
    }
    return parents;
  }

  /** Finds for each state the shorter one, those of less depth first. */
  #link(parents: Int32Array): void {
    for (const state of byDepth(this.#depths.subarray(0, this.states))) {
      const parent = parents[state] ?? 0;
      if (parent === 0) continue;
      const shorter = this.#next(this.#shorter[parent] ?? 0, this.#codes[state] ?? 0);
      this.#shorter[state] = shorter;
      if (this.#found[state] === 0) this.#found[state] = this.#found[shorter] ?? 0;
    }
  }
}

/** Children but the first of each state, which are fewer than forms: an open hash table. */
class ChildTable {
  /** The state, its child, and the character between them, in each slot. */
  readonly #states: Int32Array;
  readonly #children: Int32Array;
  readonly #codes: Uint16Array;
  readonly #shift: number;
  // Chosen by chance, so that no job knows what would fall into one slot.
  readonly #factors = [randomInt(2 ** 31) * 2 + 1, randomInt(2 ** 31) * 2 + 1] as const;

  constructor(entries: number) {
    const bits = Math.max(4, Math.ceil(Math.log2(entries + 1)) + 1);
    this.#states = new Int32Array(2 ** bits);
    this.#children = new Int32Array(2 ** bits);
    this.#codes = new Uint16Array(2 ** bits);
    this.#shift = 32 - bits;
  }

  get(state: number, code: number): number {
    return this.#children[this.#slot(state, code)] ?? 0;
  }

  set(state: number, code: number, child: number): void {
    const slot = this.#slot(state, code);
    this.#states[slot] = state;
    this.#codes[slot] = code;
    this.#children[slot] = child;
  }

  #slot(state: number, code: number): number {
    const [a, b] = this.#factors;
    let slot = (Math.imul(state, a) + Math.imul(code, b)) >>> this.#shift;
    while (
      this.#children[slot] !== 0 &&
      (this.#states[slot] !== state || this.#codes[slot] !== code)
    ) {
      slot = (slot + 1) & (this.#states.length - 1);
    }
    return slot;
  }
}

/** Ends only grow, so the new place can only reach back over the last ones. */
function note(places: Places, from: number, to: number): void {
  let begin = from;
  for (let last = places.at(-1); last !== undefined && last[1] >= begin; last = places.at(-1)) {
    begin = Math.min(begin, last[0]);
    places.pop();
  }
  places.push([begin, to]);
}

function byCodeUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function countStates(sorted: readonly string[]): number {
  const fresh = sorted.map((form, at) => form.length - sharedChars(sorted[at - 1] ?? '', form));
  return fresh.reduce((sum, chars) => sum + chars, 1);
}

function sharedChars(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return at;
}

/** The places of numbers, those of the smallest numbers first. */
function byDepth(depths: Int32Array): Int32Array {
  const starts = new Int32Array(depths.reduce((max, depth) => Math.max(max, depth), 0) + 2);
  for (const depth of depths) starts[depth + 1] = (starts[depth + 1] ?? 0) + 1;
  for (let depth = 1; depth < starts.length; depth += 1) {
    starts[depth] = (starts[depth] ?? 0) + (starts[depth - 1] ?? 0);
  }
  const order = new Int32Array(depths.length);
  depths.forEach((depth, state) => {
    const place = starts[depth] ?? 0;
    order[place] = state;
    starts[depth] = place + 1;
  });
  return order;
}
