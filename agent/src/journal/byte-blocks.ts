import { Buffer } from 'node:buffer';
import { assert } from '@node3/shared/assert';
import type { LogBlock } from '@node3/shared/log-blocks';
import { type LogStream, logStreams } from '@node3/shared/routes/jobs';

/**
 * A `LogBlock` whose text is UTF-8 as the workload wrote it. From the container to the socket nobody
 * reads it as text, and a text that large is costly to the garbage collector.
 */
export interface ByteBlock extends Omit<LogBlock, 'text'> {
  bytes: Buffer;
}

const newline = 0x0a;

/** Half of a character, which no UTF-8 can have, is replaced. */
export function toByteBlock({ stream, atMs, lineCount, text }: LogBlock): ByteBlock {
  return { stream, atMs, lineCount, bytes: Buffer.from(text) };
}

export function toTextBlock({ stream, atMs, lineCount, bytes }: ByteBlock): LogBlock {
  return { stream, atMs, lineCount, text: bytes.toString() };
}

/** Of the lines of some blocks, those from the `from`th up to, without it, the `to`th. */
export function sliceBytes<Block extends ByteBlock>(
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

function sliceBlock<Block extends ByteBlock>(block: Block, begin: number, end: number): Block {
  const from = placeAfter(block.bytes, begin, 0);
  const bytes = block.bytes.subarray(from, placeAfter(block.bytes, end - begin, from));
  return { ...block, lineCount: end - begin, bytes };
}

/** Where so many lines after a place end. */
function placeAfter(bytes: Buffer, lines: number, from: number): number {
  let at = from;
  for (let left = lines; left > 0; left -= 1) {
    const end = bytes.indexOf(newline, at);
    if (end < 0) return bytes.length;
    at = end + 1;
  }
  return at;
}

/** A row for each line would cost the database many times its bytes. */
const partBytes = 64 * 1024;

/** Blocks in parts of some size: one that is larger is a part by itself. */
export function partsOf(blocks: readonly ByteBlock[]): ByteBlock[][] {
  const parts: ByteBlock[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const block of blocks) {
    length += block.bytes.length;
    const part = length > partBytes ? undefined : parts.at(-1);
    if (part === undefined) {
      parts.push([block]);
      length = block.bytes.length;
    } else part.push(block);
  }
  return parts;
}

/** The bytes of some blocks, one after the other: without a copy where that is how they lie. */
export function joinBytes(blocks: readonly ByteBlock[]): Buffer {
  const [first] = blocks;
  if (first === undefined) return Buffer.alloc(0);
  let end = first.bytes.byteOffset;
  for (const { bytes } of blocks) {
    const isNext = bytes.buffer === first.bytes.buffer && bytes.byteOffset === end;
    if (!isNext) return Buffer.concat(blocks.map((block) => block.bytes));
    end += bytes.length;
  }
  const { buffer, byteOffset } = first.bytes;
  return Buffer.from(buffer, byteOffset, end - byteOffset);
}

/**
 * Gathers blocks as they come, with bytes that are the reader's and gone by the next time: many lie in one
 * piece of memory, one after the other, and those in a row with stream and time in common become one.
 */
export class BlockGatherer {
  #blocks: ByteBlock[] = [];
  #piece = Buffer.alloc(0);
  #used = 0;

  add({ bytes, ...block }: ByteBlock): void {
    const isRoom = this.#used + bytes.length <= this.#piece.length;
    if (!isRoom) {
      this.#piece = Buffer.allocUnsafeSlow(Math.max(partBytes, bytes.length));
      this.#used = 0;
    }
    const from = this.#used;
    this.#used += bytes.copy(this.#piece, from);
    const before = isRoom ? this.#blocks.at(-1) : undefined;
    if (before !== undefined && goesOn(before, block, bytes)) {
      before.lineCount += block.lineCount;
      before.bytes = this.#piece.subarray(from - before.bytes.length, this.#used);
    } else {
      this.#blocks.push({ ...block, bytes: this.#piece.subarray(from, this.#used) });
    }
  }

  /** What came since the last time; it stays as it is. */
  take(): ByteBlock[] {
    const blocks = this.#blocks;
    this.#blocks = [];
    return blocks;
  }
}

/** Whether a block may be one with the one before it. */
function goesOn(
  before: ByteBlock,
  { stream, atMs }: Pick<ByteBlock, 'stream' | 'atMs'>,
  bytes: Buffer,
): boolean {
  if (before.stream !== stream || before.atMs !== atMs || bytes.length === 0) return false;
  return before.bytes.at(-1) === newline;
}

/** Stream (its place in `logStreams`), time, number of lines, number of bytes. */
type Entry = [stream: number, atMs: number, lineCount: number, bytes: number];

/** What blocks are, as text to be stored beside their bytes. */
export function describeBlocks(blocks: readonly ByteBlock[]): string {
  const entries = blocks.map(
    ({ stream, atMs, lineCount, bytes }): Entry => [
      logStreams.indexOf(stream),
      atMs,
      lineCount,
      bytes.length,
    ],
  );
  return JSON.stringify(entries);
}

/** Blocks of what `describeBlocks` said, from their bytes one after the other. */
export function readBlocks(described: string, bytes: Buffer): ByteBlock[] {
  let at = 0;
  const blocks = (JSON.parse(described) as Entry[]).map(([stream, atMs, lineCount, length]) => {
    const from = at;
    at += length;
    const name: LogStream = logStreams[stream] ?? 'system';
    return { stream: name, atMs, lineCount, bytes: bytes.subarray(from, at) };
  });
  assert(at === bytes.length, 'stored blocks have as many bytes as they say');
  return blocks;
}
