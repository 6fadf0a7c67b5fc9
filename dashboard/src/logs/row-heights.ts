const rowsPerBlock = 1_000;

/** Heights of rows that break into several lines: measured where they were shown, one line elsewhere. */
export class RowHeights {
  readonly #rowPx: number;
  /** What measured rows have beyond one line, by block of rows. */
  readonly #extra = new Map<number, Float32Array>();
  readonly #sums = new Map<number, number>();

  constructor(rowPx: number) {
    this.#rowPx = rowPx;
  }

  /** @returns whether it is another height than before. */
  set(index: number, heightPx: number): boolean {
    const block = Math.floor(index / rowsPerBlock);
    const extra = this.#extra.get(block) ?? new Float32Array(rowsPerBlock);
    const inner = index % rowsPerBlock;
    const more = Math.max(0, heightPx - this.#rowPx);
    const before = extra[inner] ?? 0;
    if (Math.abs(more - before) < 0.5) return false;
    extra[inner] = more;
    this.#extra.set(block, extra);
    this.#sums.set(block, (this.#sums.get(block) ?? 0) + more - before);
    return true;
  }

  /** From the top of the first row. */
  offset(index: number): number {
    const block = Math.floor(index / rowsPerBlock);
    let px = index * this.#rowPx;
    for (const [number, sum] of this.#sums) if (number < block) px += sum;
    const extra = this.#extra.get(block);
    if (extra === undefined) return px;
    for (let inner = 0; inner < index % rowsPerBlock; inner += 1) px += extra[inner] ?? 0;
    return px;
  }

  /** The row at a distance from the top, of so many rows. */
  indexAt(px: number, count: number): number {
    let [low, high] = [0, Math.max(0, count - 1)];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.offset(middle) <= px) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
