/** Ids of jobs are `job_` and 26 characters that say 128 bits. */
const idLength = 30;
const prefix = 'job_';
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const values = new Int8Array(128).fill(-1);
for (let i = 0; i < alphabet.length; i += 1) values[alphabet.charCodeAt(i)] = i;

/** 26 characters of 5 bits: five words of up to 30 bits each, which keep the order of the ids. */
const wordsPerId = 5;
const charsPerWord = 6;

/**
 * The ids of all open jobs, each with a place number. A third of the size of strings in a map: a
 * million of them would be most of the index otherwise.
 */
export class JobIds {
  #words = new Int32Array(wordsPerId * 64);
  /** Open addressing; 0 is empty, everything else is a place plus 1. */
  #table = new Int32Array(128);
  #used = 0;
  #size = 0;
  readonly #free: number[] = [];
  readonly #key = new Int32Array(wordsPerId);

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#words.byteLength + this.#table.byteLength;
  }

  /** The place of an id, or -1. */
  find(jobId: string): number {
    if (!this.#parse(jobId)) return -1;
    const at = this.#slotOfKey();
    return (this.#table[at] as number) - 1;
  }

  /** Gives a new id a place. */
  add(jobId: string): number {
    if (2 * (this.#size + 1) > this.#table.length) this.#grow();
    if (!this.#parse(jobId)) throw new Error(`${jobId} is no id of a job`);
    const at = this.#slotOfKey();
    if (this.#table[at] !== 0) throw new Error('a job is in the index once');
    const place = this.#free.pop() ?? this.#used++;
    if ((place + 1) * wordsPerId > this.#words.length) {
      const wider = new Int32Array(Math.ceil(this.#words.length / wordsPerId / 2) * 3 * wordsPerId);
      wider.set(this.#words);
      this.#words = wider;
    }
    this.#words.set(this.#key, place * wordsPerId);
    this.#table[at] = place + 1;
    this.#size += 1;
    return place;
  }

  delete(place: number): void {
    this.#key.set(this.#words.subarray(place * wordsPerId, (place + 1) * wordsPerId));
    const mask = this.#table.length - 1;
    let hole = this.#slotOfKey();
    this.#table[hole] = 0;
    // What stands behind moves up where its way led over the hole.
    for (let at = (hole + 1) & mask; this.#table[at] !== 0; at = (at + 1) & mask) {
      const home = hashAt(this.#words, ((this.#table[at] as number) - 1) * wordsPerId) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      this.#table[hole] = this.#table[at] as number;
      this.#table[at] = 0;
      hole = at;
    }
    this.#free.push(place);
    this.#size -= 1;
  }

  idOf(place: number): string {
    let text = prefix;
    for (let i = 0; i < idLength - prefix.length; i += 1) {
      const word = this.#words[place * wordsPerId + Math.floor(i / charsPerWord)] as number;
      const last = Math.floor(i / charsPerWord) === wordsPerId - 1 ? 2 : charsPerWord;
      text += alphabet.charAt((word >>> (5 * (last - 1 - (i % charsPerWord)))) & 31);
    }
    return text;
  }

  /** As the ids themselves compare. */
  compare(one: number, other: number): number {
    const [a, b] = [one * wordsPerId, other * wordsPerId];
    for (let i = 0; i < wordsPerId; i += 1) {
      const by = (this.#words[a + i] as number) - (this.#words[b + i] as number);
      if (by !== 0) return by;
    }
    return 0;
  }

  #parse(jobId: string): boolean {
    if (jobId.length !== idLength || !jobId.startsWith(prefix)) return false;
    this.#key.fill(0);
    for (let i = prefix.length; i < idLength; i += 1) {
      const value = values[jobId.charCodeAt(i)] ?? -1;
      if (value < 0) return false;
      const at = Math.floor((i - prefix.length) / charsPerWord);
      this.#key[at] = ((this.#key[at] as number) << 5) | value;
    }
    return true;
  }

  /** Where in the table the parsed id is, or would be. */
  #slotOfKey(): number {
    const mask = this.#table.length - 1;
    let at = hashAt(this.#key, 0) & mask;
    for (;;) {
      const place = (this.#table[at] as number) - 1;
      if (place < 0 || this.#isKey(place)) return at;
      at = (at + 1) & mask;
    }
  }

  #isKey(place: number): boolean {
    for (let i = 0; i < wordsPerId; i += 1) {
      if (this.#words[place * wordsPerId + i] !== this.#key[i]) return false;
    }
    return true;
  }

  #grow(): void {
    const old = this.#table;
    this.#table = new Int32Array(2 * old.length);
    const mask = this.#table.length - 1;
    for (const entry of old) {
      if (entry === 0) continue;
      let at = hashAt(this.#words, (entry - 1) * wordsPerId) & mask;
      while (this.#table[at] !== 0) at = (at + 1) & mask;
      this.#table[at] = entry;
    }
  }
}

function hashAt(words: Int32Array, from: number): number {
  let hash = 0;
  for (let i = 0; i < wordsPerId; i += 1) {
    hash = Math.imul(hash ^ (words[from + i] as number), 0x21f0aaad);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
