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

  /** @throws Error when the bytes are not a log stream. */
  push(chunk: Buffer): LogFrame[] {
    const frames: LogFrame[] = [];
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    let at = 0;
    while (bytes.length - at >= headerBytes) {
      const begin = at + headerBytes;
      const end = begin + bytes.readUInt32BE(at + 4);
      if (end - begin > frameBytesMax) throw impossibleFrame();
      if (bytes.length < end) break;
      const stream = bytes[at] === 2 ? 'stderr' : 'stdout';
      frames.push(readFrame(stream, bytes, begin, end));
      at = end;
    }
    this.#pending = at === bytes.length ? nothing : Buffer.from(bytes.subarray(at));
    return frames;
  }
}

/**
 * Reads the same framing without times, as a live stream has it. Where a message begins and ends has
 * nothing to do with lines, so those of one stream in a row become one, in the memory in which they
 * were read.
 */
export class LiveFrameReader {
  #header: Buffer = nothing;
  #stream: LogFrame['stream'] = 'stdout';
  /** Of the message that was begun. */
  #bytesLeft = 0;

  /** @throws Error when the bytes are not a log stream. */
  push(chunk: Buffer, atMs: number): LogFrame[] {
    const frames: LogFrame[] = [];
    let [at, from, to] = [0, 0, 0];
    const close = () => {
      if (to > from) frames.push({ stream: this.#stream, atMs, payload: chunk.subarray(from, to) });
      from = to;
    };
    while (at < chunk.length) {
      if (this.#bytesLeft === 0) {
        const end = Math.min(chunk.length, at + headerBytes - this.#header.length);
        const part = chunk.subarray(at, end);
        const header = this.#header.length === 0 ? part : Buffer.concat([this.#header, part]);
        at = end;
        if (header.length < headerBytes) {
          this.#header = Buffer.from(header);
          break;
        }
        this.#header = nothing;
        this.#bytesLeft = header.readUInt32BE(4);
        if (this.#bytesLeft > frameBytesMax) throw impossibleFrame();
        const stream = header[0] === 2 ? 'stderr' : 'stdout';
        if (stream !== this.#stream) close();
        this.#stream = stream;
        continue;
      }
      const end = Math.min(chunk.length, at + this.#bytesLeft);
      chunk.copyWithin(to, at, end);
      this.#bytesLeft -= end - at;
      to += end - at;
      at = end;
    }
    close();
    return frames;
  }
}

function impossibleFrame(): Error {
  return new Error('the log stream has an impossible frame');
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
