import { Buffer } from 'node:buffer';
import type { LogBlock } from './log-blocks.ts';

const newline = 0x0a;

/** A message whose lines come in blocks. */
interface BlocksMessage {
  blocks: readonly LogBlock[];
}

/**
 * A message as one frame of bytes: itself as JSON on one line, where each block has the number of its
 * `bytes` in place of its text, and then the texts, one after the other. Text in JSON is looked at
 * character by character on both sides; bytes are copied.
 */
export function toLogsFrame(message: BlocksMessage): Buffer {
  const blocks = message.blocks.map(({ text, ...block }) => ({
    ...block,
    bytes: Buffer.byteLength(text),
  }));
  const head = Buffer.from(`${JSON.stringify({ ...message, blocks })}\n`);
  const length = blocks.reduce((sum, { bytes }) => sum + bytes, head.length);
  const frame = Buffer.allocUnsafe(length);
  let at = head.copy(frame);
  for (const { text } of message.blocks) at += frame.write(text, at);
  return frame;
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
