/** A block with the number of its first line. */
export interface NumberedBlock {
  seq: number;
  lineCount: number;
}

/** Blocks in a row, the first of which begins with a line of this number. */
export function numberBlocks<Block extends Pick<NumberedBlock, 'lineCount'>>(
  seqFirst: number,
  blocks: readonly Block[],
): (Block & NumberedBlock)[] {
  let seq = seqFirst;
  return blocks.map((block) => {
    const numbered = { ...block, seq };
    seq += block.lineCount;
    return numbered;
  });
}

/** The last blocks of one log, in a row: what was just written is read again without the database. */
export class RecentBlocks<Block extends NumberedBlock> {
  readonly #sizeMax: number;
  readonly #sizeOf: (block: Block) => number;
  #blocks: Block[] = [];
  #size = 0;

  /** The newest block is kept however large it is. */
  constructor(sizeMax: number, sizeOf: (block: Block) => number) {
    this.#sizeMax = sizeMax;
    this.#sizeOf = sizeOf;
  }

  /** In order. Those that don't go on where the last ones ended take their place. */
  add(blocks: readonly Block[]): void {
    const [first] = blocks;
    if (first === undefined) return;
    const last = this.#blocks.at(-1);
    if (last === undefined || last.seq + last.lineCount !== first.seq) {
      this.#blocks = [];
      this.#size = 0;
    }
    this.#blocks.push(...blocks);
    for (const block of blocks) this.#size += this.#sizeOf(block);
    this.#dropWhile((_, left) => this.#size > this.#sizeMax && left > 1);
  }

  /** Of all blocks that are here. */
  get size(): number {
    return this.#size;
  }

  /** Blocks that end with a number, or before it, are gone. */
  dropTo(seq: number): void {
    this.#dropWhile((first) => first.seq + first.lineCount - 1 <= seq);
  }

  #dropWhile(isGone: (first: Block, left: number) => boolean): void {
    let gone = 0;
    for (let first = this.#blocks[gone]; first !== undefined; first = this.#blocks[gone]) {
      if (!isGone(first, this.#blocks.length - gone)) break;
      this.#size -= this.#sizeOf(first);
      gone += 1;
    }
    // At once: each by itself would move all that stay.
    this.#blocks.splice(0, gone);
  }

  /** All that begin after a number; null where one that begins right after it isn't here. */
  after(seq: number): Block[] | null {
    const at = this.#blocks.findIndex((block) => block.seq === seq + 1);
    return at < 0 ? null : this.#blocks.slice(at);
  }
}
