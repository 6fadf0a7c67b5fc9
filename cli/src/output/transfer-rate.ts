interface Sight {
  atMs: number;
  bytes: number;
}

/** Long enough to be steady, short enough to notice a change. */
const windowMs = 10_000;
/** Less time says nothing about a rate. */
const spanMsMin = 500;

/** How fast bytes come, by what was seen lately. Bytes that were there at first do not count. */
export class TransferRate {
  #sights: Sight[] = [];

  see(bytes: number, atMs: number): void {
    // Fewer than before: it begins anew, as a pull on another machine does.
    if (bytes < (this.#sights.at(-1)?.bytes ?? 0)) this.#sights = [];
    this.#sights.push({ atMs, bytes });
    const kept = this.#sights.findLastIndex((sight) => sight.atMs <= atMs - windowMs);
    if (kept > 0) this.#sights = this.#sights.slice(kept);
  }

  /** null while too little was seen. */
  get bytesPerSec(): number | null {
    const first = this.#sights.at(0);
    const last = this.#sights.at(-1);
    if (first === undefined || last === undefined) return null;
    const spanMs = last.atMs - first.atMs;
    return spanMs < spanMsMin ? null : ((last.bytes - first.bytes) * 1_000) / spanMs;
  }

  /** How long the rest takes at this rate; null where nothing says so. */
  etaSec(bytesTotal: number | null): number | null {
    const rate = this.bytesPerSec;
    const done = this.#sights.at(-1)?.bytes ?? 0;
    if (bytesTotal === null || rate === null || rate <= 0) return null;
    return Math.max(0, bytesTotal - done) / rate;
  }
}
