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

const nothing = Buffer.alloc(0);

/**
 * Reads the engine's framing: one byte stream number, three zero bytes, four bytes length, then
 * an RFC 3339 time, a space and the payload where times are requested, as they are of a stored log.
 */
export class LogFrameReader {
  #pending: Buffer = nothing;

  /**
   * `atMs` is the time of frames that have none, as those of a live stream have not.
   * @throws Error when the bytes are not a log stream.
   */
  push(chunk: Buffer, atMs: number | null = null): LogFrame[] {
    const frames: LogFrame[] = [];
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    let at = 0;
    while (bytes.length - at >= headerBytes) {
      const begin = at + headerBytes;
      const end = begin + bytes.readUInt32BE(at + 4);
      if (end - begin > frameBytesMax) throw new Error('the log stream has an impossible frame');
      if (bytes.length < end) break;
      const stream = bytes[at] === 2 ? 'stderr' : 'stdout';
      if (atMs === null) frames.push(readFrame(stream, bytes, begin, end));
      else frames.push({ stream, atMs, payload: bytes.subarray(begin, end) });
      at = end;
    }
    this.#pending = at === bytes.length ? nothing : Buffer.from(bytes.subarray(at));
    return frames;
  }
}

function readFrame(
  stream: LogFrame['stream'],
  bytes: Buffer,
  begin: number,
  end: number,
): LogFrame {
  const space = bytes.indexOf(0x20, begin);
  const atMs = Date.parse(bytes.toString('latin1', begin, Math.max(space, begin)));
  const hasTime = space >= 0 && space < end && !Number.isNaN(atMs);
  if (!hasTime) throw new Error('the log stream has a frame without time');
  return { stream, atMs, payload: bytes.subarray(space + 1, end) };
}
