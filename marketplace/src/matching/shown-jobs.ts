interface Spot {
  entry: number;
  groupId: number;
}

/** Where each job stands in the trees: nearly all in one of them, some in several. */
export class ShownJobs {
  #entry = new Int32Array(64);
  #groupId = new Int32Array(64);
  /** The further spots of jobs that have more than one. */
  readonly #more = new Map<number, Spot[]>();

  get bytes(): number {
    return 2 * this.#entry.byteLength;
  }

  has(place: number): boolean {
    return (this.#entry[place] ?? 0) !== 0;
  }

  add(place: number, spot: Spot): void {
    if (this.has(place)) {
      this.#more.set(place, [...(this.#more.get(place) ?? []), spot]);
      return;
    }
    if (place >= this.#entry.length) this.#grow(place + 1);
    this.#entry[place] = spot.entry;
    this.#groupId[place] = spot.groupId;
  }

  /** All spots of a job, which is in no tree from now on. */
  take(place: number): Spot[] {
    if (!this.has(place)) return [];
    const spot = {
      entry: this.#entry[place] as number,
      groupId: this.#groupId[place] as number,
    };
    const more = this.#more.get(place) ?? [];
    this.#entry[place] = 0;
    this.#more.delete(place);
    return [spot, ...more];
  }

  #grow(length: number): void {
    const wider = Math.ceil(1.5 * length);
    const [entry, groupId] = [new Int32Array(wider), new Int32Array(wider)];
    entry.set(this.#entry);
    groupId.set(this.#groupId);
    this.#entry = entry;
    this.#groupId = groupId;
  }
}
