import type { BodyOf } from '@node3/shared/contract';
import { limits } from '@node3/shared/limits';
import { linesOf } from '@node3/shared/log-blocks';
import { blockOfBytes } from '@node3/shared/logs-frame';
import type { appendLogs } from '@node3/shared/routes/agents';
import { agentLimits } from '../agent-limits.ts';
import { type ByteBlock, sliceBytes } from '../journal/byte-blocks.ts';
import type { SpooledBlock, SpooledLine } from '../journal/journal.ts';

export interface LogBatch extends Pick<BodyOf<typeof appendLogs>, 'lines' | 'blocks'> {
  seqFirst: number;
  seqLast: number;
}

/** What a line, or a block, has in JSON beside its text, at most. */
const formBytes = 80;

/**
 * Cuts the next batch from spooled lines in order, for marketplaces that take no blocks. Size counts
 * as JSON, in which a control character takes six bytes. @returns null for no lines.
 */
export function cutLineBatch(lines: readonly SpooledLine[]): LogBatch | null {
  const [first] = lines;
  if (first === undefined) return null;
  const cut: Omit<SpooledLine, 'seq'>[] = [];
  let bytes = 0;
  for (const { seq: _, ...line } of lines.slice(0, limits.logLinesPerBatch)) {
    bytes += Buffer.byteLength(JSON.stringify(line.text)) + formBytes;
    if (bytes > agentLimits.logBatchBytes && cut.length > 0) break;
    cut.push(line);
  }
  return { seqFirst: first.seq, seqLast: first.seq + cut.length - 1, lines: cut };
}

/** The same of whole blocks, but where one alone is too large. */
export function cutBlockBatch(blocks: readonly SpooledBlock[]): LogBatch | null {
  const [first] = blocks;
  if (first === undefined) return null;
  const cut: ByteBlock[] = [];
  let [bytes, lines] = [0, 0];
  for (const block of blocks) {
    bytes += block.bytes.length + formBytes;
    lines += block.lineCount;
    const isTooMuch = bytes > agentLimits.logBlockBytes || lines > limits.logLinesPerBatch;
    if (isTooMuch && cut.length > 0) break;
    cut.push(...(isTooMuch ? cutBlock(block) : [block]));
  }
  const sent = cut.map((block) => blockOfBytes(block, block.bytes));
  return { seqFirst: first.seq, seqLast: first.seq + linesOf(cut) - 1, blocks: sent };
}

/** So many of its first lines as fit whatever they say; each is far smaller than a batch. */
function cutBlock(block: ByteBlock): ByteBlock[] {
  const linesMax = Math.floor(agentLimits.logBlockBytes / limits.logLineBytes);
  const isLong = block.bytes.length + formBytes > agentLimits.logBlockBytes;
  return sliceBytes([block], 0, isLong ? linesMax : limits.logLinesPerBatch);
}
