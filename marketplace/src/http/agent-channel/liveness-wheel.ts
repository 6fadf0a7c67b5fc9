/** Something that has to be looked at now and then. */
export interface Watched {
  look(nowMs: number): void;
}

const slotCount = 10;
const tickMs = 1_000;

/**
 * One timer for all sockets: each second it looks at a tenth of them, so that 15,000 idle agents
 * have no timer each and are never looked at all at once.
 */
export class LivenessWheel {
  readonly #nowMs: () => number;
  readonly #slots = Array.from({ length: slotCount }, () => new Set<Watched>());
  #next = 0;
  #hand = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.tick(), tickMs);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** @returns what takes it out again. */
  add(watched: Watched): () => void {
    const slot = this.#slots[this.#next];
    this.#next = (this.#next + 1) % slotCount;
    slot?.add(watched);
    return () => slot?.delete(watched);
  }

  /** Looks at the next tenth. */
  tick(): void {
    const slot = this.#slots[this.#hand] ?? [];
    this.#hand = (this.#hand + 1) % slotCount;
    const nowMs = this.#nowMs();
    for (const watched of slot) watched.look(nowMs);
  }
}
