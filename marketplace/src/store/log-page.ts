import { assert } from '@node3/shared/assert';
import { limits } from '@node3/shared/limits';
import { sliceBlocks, toLines } from '@node3/shared/log-blocks';
import type { LogBlockRow, LogLineRow } from './rows.ts';

/** Whether nothing is added to a page of log: there may be more lines in the store. */
export function isFullPage(lines: readonly LogLineRow[], limit: number): boolean {
  if (lines.length >= limit) return true;
  const chars = lines.reduce((sum, { text, partial }) => sum + text.length + (partial ? 0 : 1), 0);
  return chars >= limits.logPageBytes;
}

/** A page that is being filled: it ends with the line that makes it full. */
export class LogPageFill {
  readonly blocks: LogBlockRow[] = [];
  #linesLeft: number;
  #charsLeft: number = limits.logPageBytes;

  constructor(limit: number) {
    this.#linesLeft = limit;
  }

  get isFull(): boolean {
    return this.#linesLeft <= 0 || this.#charsLeft <= 0;
  }

  add(block: LogBlockRow): void {
    const taken = firstLines(block, this.#count(block));
    this.blocks.push(taken);
    this.#linesLeft -= taken.lineCount;
    this.#charsLeft -= taken.text.length;
  }

  #count({ text, lineCount }: LogBlockRow): number {
    const most = Math.min(lineCount, this.#linesLeft);
    if (text.length < this.#charsLeft) return most;
    let count = 0;
    for (let at = 0; count < most && at < this.#charsLeft; count += 1) {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end + 1;
    }
    return count;
  }
}

/** As many of these lines as a page has. */
export function firstPage(blocks: readonly LogBlockRow[], limit: number): LogBlockRow[] {
  const page = new LogPageFill(limit);
  for (const block of blocks) {
    page.add(block);
    if (page.isFull) break;
  }
  return page.blocks;
}

/** @param count at least 1. */
export function firstLines(block: LogBlockRow, count: number): LogBlockRow {
  const [first] = sliceBlocks([block], 0, count);
  assert(first !== undefined, 'a block has a first line');
  return first;
}

/** What is left of a block without its first lines, of which it has more. */
export function afterLines(block: LogBlockRow, count: number): LogBlockRow {
  const [rest] = sliceBlocks([block], count, block.lineCount);
  assert(rest !== undefined, 'a block has more lines than that');
  return { ...rest, seq: block.seq + count };
}

export function toLineRows(blocks: readonly LogBlockRow[]): LogLineRow[] {
  return blocks.flatMap((block) => {
    const { seq, attempt } = block;
    return toLines(block).map((line, index) => ({ seq: seq + index, attempt, ...line }));
  });
}
