import type { LogBlock } from './log-blocks.ts';

/** A block with the number of its first line. */
export interface NumberedBlock extends LogBlock {
  seq: number;
}

/** Blocks in a row, the first of which begins with a line of this number. */
export function numberBlocks<Block extends LogBlock>(
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
  readonly #charsMax: number;
  #blocks: Block[] = [];
  #chars = 0;

  /** The newest block is kept however long it is. */
  constructor(charsMax: number) {
    this.#charsMax = charsMax;
  }

  /** In order. Those that don't go on where the last ones ended take their place. */
  add(blocks: readonly Block[]): void {
    const [first] = blocks;
    if (first === undefined) return;
    const last = this.#blocks.at(-1);
    if (last === undefined || last.seq + last.lineCount !== first.seq) {
      this.#blocks = [];
      this.#chars = 0;
    }
    this.#blocks.push(...blocks);
    for (const { text } of blocks) this.#chars += text.length;
    this.#dropWhile(() => this.#chars > this.#charsMax && this.#blocks.length > 1);
  }

  /** Of the texts that are here. */
  get chars(): number {
    return this.#chars;
  }

  /** Blocks that end with a number, or before it, are gone. */
  dropTo(seq: number): void {
    this.#dropWhile((first) => first.seq + first.lineCount - 1 <= seq);
  }

  #dropWhile(isGone: (first: Block) => boolean): void {
    for (let [first] = this.#blocks; first !== undefined && isGone(first); [first] = this.#blocks) {
      this.#chars -= first.text.length;
      this.#blocks.shift();
    }
  }

  /** All that begin after a number; null where one that begins right after it isn't here. */
  after(seq: number): Block[] | null {
    const at = this.#blocks.findIndex((block) => block.seq === seq + 1);
    return at < 0 ? null : this.#blocks.slice(at);
  }
}
