import type { BodyOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import {
  countLines,
  type LogBlock,
  linesOf,
  type PlainLine,
  toBlocks,
  toLines,
} from '@node3/shared/log-blocks';
import { cutToBytes, hasControlsInLines, withoutControls } from '@node3/shared/log-text';
import type { appendLogs } from '@node3/shared/routes/agents';

/**
 * What an agent sends of a log, counted and made harmless. Throws REQUEST_INVALID for a batch that has
 * not exactly one of `lines` and `blocks`, has too many lines, or doesn't say how many it has.
 */
export function readLogBatch({ lines, blocks }: BodyOf<typeof appendLogs>): LogBlock[] {
  if (lines !== undefined && blocks !== undefined) {
    throw refusal('/blocks', 'must not be given together with lines');
  }
  if (lines !== undefined) return toBlocks(lines.map(harmless));
  if (blocks === undefined) throw refusal('/lines', 'is required, or blocks');
  if (linesOf(blocks) > limits.logLinesPerBatch) {
    throw refusal('/blocks', `must have at most ${limits.logLinesPerBatch} lines together`);
  }
  return blocks.flatMap((block, index) => {
    const count = countLines(block.text);
    if (count === block.lineCount) return harmlessBlock(block);
    throw refusal(`/blocks/${index}/lineCount`, `must be ${count}: so many lines has its text`);
  });
}

function refusal(pointer: string, detail: string): MarketError {
  return new MarketError('REQUEST_INVALID', { errors: [{ pointer, detail }] });
}

function harmlessBlock(block: LogBlock): LogBlock[] {
  const isHarmless = !hasControlsInLines(block.text) && hasShortLines(block);
  return isHarmless ? [block] : toBlocks(toLines(block).map(harmless));
}

/** Agents do this themselves; this is for one that doesn't. */
function harmless(line: PlainLine): PlainLine {
  const text = withoutControls(line.text, 'keep');
  const kept = cutToBytes(text, limits.logLineBytes);
  if (kept === line.text) return line;
  return { ...line, text: kept.length < text.length ? `${kept} [line cut off]` : kept };
}

/** Whether no line can be too long, in characters of three bytes at most each. */
function hasShortLines({ text }: LogBlock): boolean {
  const charsMax = Math.floor(limits.logLineBytes / 3);
  for (let at = 0; text.length - at > charsMax; ) {
    const end = text.lastIndexOf('\n', at + charsMax);
    if (end < at) return false;
    at = end + 1;
  }
  return true;
}
