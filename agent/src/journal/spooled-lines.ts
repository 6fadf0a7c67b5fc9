import { toLines } from '@node3/shared/log-blocks';
import { sliceBytes, toTextBlock } from './byte-blocks.ts';
import type { LinesMost, SpooledBlock, SpooledLine } from './journal.ts';

/** The lines of blocks, each with its number. */
export function toSpooledLines(blocks: readonly SpooledBlock[]): SpooledLine[] {
  return blocks.flatMap((block) =>
    toLines(toTextBlock(block)).map((line, index) => ({ seq: block.seq + index, ...line })),
  );
}

/** Of some blocks in a row, the lines after a number, and at most so many. */
export function blocksAfter(
  blocks: readonly SpooledBlock[],
  afterSeq: number,
  linesMax = Number.MAX_SAFE_INTEGER,
): SpooledBlock[] {
  const [first] = blocks;
  if (first === undefined) return [];
  const from = Math.max(0, afterSeq + 1 - first.seq);
  let seq = first.seq + from;
  return sliceBytes(blocks, from, from + linesMax).map((block) => {
    const numbered = { ...block, seq };
    seq += block.lineCount;
    return numbered;
  });
}

/** The lines after a number, of batches in a row, until there are as many as asked for. */
export function takeBlocks(
  batches: Iterable<readonly SpooledBlock[]>,
  afterSeq: number,
  { linesMax = Number.MAX_SAFE_INTEGER, bytesMax = Number.MAX_SAFE_INTEGER }: LinesMost,
): SpooledBlock[] {
  const found: SpooledBlock[] = [];
  let [lines, bytes] = [0, 0];
  for (const batch of batches) {
    for (const block of blocksAfter(batch, afterSeq, linesMax - lines)) {
      found.push(block);
      lines += block.lineCount;
      bytes += block.bytes.length;
    }
    if (lines >= linesMax || bytes >= bytesMax) break;
  }
  return found;
}
