import { assert } from './assert.ts';
import { type LogStream, logStreams } from './routes/jobs.ts';

/**
 * Lines of one stream with one time, as one text: so they are stored and sent unsplit. Each line has a
 * line break at its end, but for a piece of a longer one, which can only be the last: what goes on with
 * it comes in a later block of its stream.
 */
export interface LogBlock {
  stream: LogStream;
  atMs: number;
  /** At least 1. */
  lineCount: number;
  text: string;
}

/** A line by itself; its text has no line break. */
export interface PlainLine {
  stream: LogStream;
  atMs: number;
  text: string;
  /** A piece of a longer line that goes on. */
  partial: boolean;
}

/** How many lines a text has: one that is empty is a piece of which nothing is left. */
export function countLines(text: string): number {
  let count = 0;
  let at = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
    count += 1;
    at = end + 1;
  }
  return at < text.length || count === 0 ? count + 1 : count;
}

export function endsOpen({ text }: Pick<LogBlock, 'text'>): boolean {
  return !text.endsWith('\n');
}

/** The texts of its lines, without line breaks. */
export function lineTexts({ text }: Pick<LogBlock, 'text'>): string[] {
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

export function toLines(block: LogBlock): PlainLine[] {
  const { stream, atMs } = block;
  const texts = lineTexts(block);
  const last = endsOpen(block) ? texts.length - 1 : texts.length;
  return texts.map((text, index) => ({ stream, atMs, text, partial: index === last }));
}

/** Lines in a row that have their stream and time in common become one block. */
export function toBlocks(lines: readonly PlainLine[]): LogBlock[] {
  return joinBlocks(
    lines.map(({ stream, atMs, text, partial }) => ({
      stream,
      atMs,
      lineCount: 1,
      text: partial ? text : `${text}\n`,
    })),
  );
}

/** Blocks in a row that have their stream and time in common become one. */
export function joinBlocks(blocks: readonly LogBlock[]): LogBlock[] {
  const joined: LogBlock[] = [];
  let run: LogBlock[] = [];
  const close = () => {
    const [first] = run;
    if (first === undefined) return;
    const lineCount = run.reduce((sum, block) => sum + block.lineCount, 0);
    const text = run.length === 1 ? first.text : run.map((block) => block.text).join('');
    joined.push({ ...first, lineCount, text });
    run = [];
  };
  for (const block of blocks) {
    if (!goesOn(run.at(-1), block)) close();
    run.push(block);
  }
  close();
  return joined;
}

/** Whether a block may be one with the one before it. */
function goesOn(before: LogBlock | undefined, { stream, atMs, text }: LogBlock): boolean {
  if (before === undefined || before.stream !== stream || before.atMs !== atMs) return false;
  return !endsOpen(before) && text !== '';
}

/** Of the lines of some blocks, those from the `from`th up to, without it, the `to`th. */
export function sliceBlocks<Block extends LogBlock>(
  blocks: readonly Block[],
  from: number,
  to: number,
): Block[] {
  const found: Block[] = [];
  let at = 0;
  for (const block of blocks) {
    const begin = Math.max(0, from - at);
    const end = Math.min(block.lineCount, to - at);
    at += block.lineCount;
    if (begin >= end) continue;
    found.push(begin === 0 && end === block.lineCount ? block : sliceBlock(block, begin, end));
  }
  return found;
}

function sliceBlock<Block extends LogBlock>(block: Block, begin: number, end: number): Block {
  const from = placeAfter(block.text, begin, 0);
  const text = block.text.slice(from, placeAfter(block.text, end - begin, from));
  return { ...block, lineCount: end - begin, text };
}

/** Where so many lines after a place end. */
function placeAfter(text: string, lines: number, from: number): number {
  let at = from;
  for (let left = lines; left > 0; left -= 1) {
    const end = text.indexOf('\n', at);
    if (end < 0) return text.length;
    at = end + 1;
  }
  return at;
}

export function linesOf(blocks: readonly Pick<LogBlock, 'lineCount'>[]): number {
  return blocks.reduce((sum, { lineCount }) => sum + lineCount, 0);
}

/** How a text begins that `packBlocks` made; others are a JSON array. */
const mark = 'blocks ';

/** Stream (its place in `logStreams`), time, number of lines, UTF-16 length of its text. */
type Entry = [stream: number, atMs: number, lineCount: number, length: number];

/**
 * Blocks as one text to be stored: what they are, on one line, then their texts as they are. Those that
 * may be are joined. Half of a character, which no UTF-8 can have, is replaced.
 */
export function packBlocks(blocks: readonly LogBlock[]): string {
  const entries: Entry[] = [];
  const texts: string[] = [];
  for (const [index, block] of blocks.entries()) {
    const { stream, atMs, lineCount, text } = block;
    texts.push(text);
    const entry = goesOn(blocks[index - 1], block) ? entries.at(-1) : undefined;
    if (entry === undefined) {
      entries.push([logStreams.indexOf(stream), atMs, lineCount, text.length]);
    } else {
      entry[2] += lineCount;
      entry[3] += text.length;
    }
  }
  return [`${mark}${JSON.stringify(entries)}\n`, ...texts].join('').toWellFormed();
}

/** A text that is longer is costly to the garbage collector, and one for each line to the database. */
const partChars = 64 * 1024;

/** Blocks in texts of some size: one that is larger has a text for itself. */
export function partsOf(blocks: readonly LogBlock[]): LogBlock[][] {
  const parts: LogBlock[][] = [];
  let chars = Number.POSITIVE_INFINITY;
  for (const block of blocks) {
    chars += block.text.length;
    const part = chars > partChars ? undefined : parts.at(-1);
    if (part === undefined) {
      parts.push([block]);
      chars = block.text.length;
    } else part.push(block);
  }
  return parts;
}

export function isPacked(body: string): boolean {
  return body.startsWith(mark);
}

export function unpackBlocks(body: string): LogBlock[] {
  const head = body.indexOf('\n');
  assert(isPacked(body) && head > 0, 'stored blocks say what they are');
  const entries = JSON.parse(body.slice(mark.length, head)) as Entry[];
  let at = head + 1;
  return entries.map(([stream, atMs, lineCount, length]) => {
    const text = body.slice(at, at + length);
    at += length;
    return { stream: logStreams[stream] ?? 'system', atMs, lineCount, text };
  });
}
