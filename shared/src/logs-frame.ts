import { Buffer } from 'node:buffer';
import type { LogBlock } from './log-blocks.ts';

const newline = 0x0a;

const utf8 = Symbol('utf8');

/** A block whose text is made when somebody asks for it, and that leaves in a frame as the bytes that it has. */
export function blockOfBytes(block: Omit<LogBlock, 'text'>, bytes: Buffer): LogBlock {
  const { stream, atMs, lineCount } = block;
  const own = {
    stream,
    atMs,
    lineCount,
    get text() {
      return bytes.toString();
    },
    [utf8]: bytes,
  };
  return own;
}

function bytesOf(block: LogBlock & { [utf8]?: Buffer }): Buffer {
  return block[utf8] ?? Buffer.from(block.text);
}

/** A message whose lines come in blocks. */
export interface BlocksMessage {
  blocks: readonly LogBlock[];
}

/**
 * A message as one frame of bytes: itself as JSON on one line, where each block has the number of its
 * `bytes` in place of its text, and then the texts, one after the other. Text in JSON is looked at
 * character by character on both sides; bytes are copied, into memory of at least that length.
 */
export function toLogsFrame(
  message: BlocksMessage,
  takeMemory: (length: number) => Buffer = (length) => Buffer.allocUnsafe(length),
): Buffer {
  const texts = message.blocks.map(bytesOf);
  const blocks = message.blocks.map(({ stream, atMs, lineCount }, index) => ({
    stream,
    atMs,
    lineCount,
    bytes: texts[index]?.length,
  }));
  const head = Buffer.from(`${JSON.stringify({ ...message, blocks })}\n`);
  const parts = [head, ...texts];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const frame = takeMemory(length);
  let at = 0;
  for (const part of parts) at += part.copy(frame, at);
  return frame.subarray(0, length);
}

/**
 * The message of a frame that `toLogsFrame` made, not checked any further.
 * @throws Error when it is no such frame, or has more or less bytes than it says.
 */
export function readLogsFrame(frame: Buffer): unknown {
  const end = frame.indexOf(newline);
  const head = JSON.parse(frame.toString('utf8', 0, Math.max(end, 0))) as unknown;
  const { blocks } = Object(head) as { blocks?: unknown };
  if (!Array.isArray(blocks)) throw new Error('A frame of bytes is a message with blocks.');
  let at = end + 1;
  const texts = blocks.map((block: unknown) => {
    const { bytes, ...rest } = Object(block) as { bytes?: unknown };
    if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0) {
      throw new Error('Each block of a frame of bytes says how many bytes it has.');
    }
    const text = frame.toString('utf8', at, at + bytes);
    at += bytes;
    return { ...rest, text };
  });
  if (at !== frame.length) {
    throw new Error(`The blocks have ${at - end - 1} bytes; ${frame.length - end - 1} came.`);
  }
  return { ...(head as object), blocks: texts };
}
