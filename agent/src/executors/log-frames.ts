import { Buffer } from 'node:buffer';

/** One message of the engine's multiplexed log stream, its time taken off. */
export interface LogFrame {
  stream: 'stdout' | 'stderr';
  atMs: number;
  payload: Buffer;
}

const headerBytes = 8;
/** The engine cuts lines at 16 KiB; anything far larger is not a log frame. */
const frameBytesMax = 1024 * 1024;

/**
 * Reads the engine's framing: one byte stream number, three zero bytes, four bytes length, then
 * an RFC 3339 time, a space and the payload (because times are requested).
 */
export class LogFrameReader {
  #pending: Buffer = Buffer.alloc(0);

  /** @throws Error when the bytes are not a log stream. */
  push(chunk: Uint8Array): LogFrame[] {
    const frames: LogFrame[] = [];
    let rest =
      this.#pending.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#pending, chunk]);
    while (rest.length >= headerBytes) {
      const length = rest.readUInt32BE(4);
      if (length > frameBytesMax) throw new Error('the log stream has an impossible frame');
      if (rest.length < headerBytes + length) break;
      const stream = rest[0] === 2 ? 'stderr' : 'stdout';
      frames.push(readFrame(stream, rest.subarray(headerBytes, headerBytes + length)));
      rest = rest.subarray(headerBytes + length);
    }
    this.#pending = Buffer.from(rest);
    return frames;
  }
}

function readFrame(stream: LogFrame['stream'], content: Buffer): LogFrame {
  const space = content.indexOf(0x20);
  const atMs = Date.parse(content.toString('latin1', 0, Math.max(space, 0)));
  if (space < 0 || Number.isNaN(atMs)) throw new Error('the log stream has a frame without time');
  return { stream, atMs, payload: content.subarray(space + 1) };
}
