import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '@node3/shared/clock';
import { logLineBytesMax } from '../executor-limits.ts';

/**
 * Stores a workload's output in the framing that container engines use, so one reader serves
 * both. Bytes beyond the limit are read and dropped, since a workload must not block on a log
 * nobody will see; twice the limit is kept so that the reader can tell that there was more.
 */
export class LogFrameWriter {
  readonly #file: Writable;
  readonly #clock: Clock;
  #bytesLeft: number;

  constructor(file: Writable, clock: Clock, logBytesMax: number) {
    this.#file = file;
    this.#clock = clock;
    this.#bytesLeft = 2 * logBytesMax;
  }

  /** Stores a stream to its end. 1 is standard output, 2 standard error. */
  async pump(source: Readable, streamNumber: 1 | 2): Promise<void> {
    for await (const chunk of source) {
      const bytes = Buffer.from(chunk as Uint8Array);
      for (let at = 0; at < bytes.length && this.#bytesLeft > 0; at += logLineBytesMax) {
        await this.#write(streamNumber, bytes.subarray(at, at + logLineBytesMax));
      }
    }
  }

  async end(): Promise<void> {
    this.#file.end();
    await once(this.#file, 'finish');
  }

  async #write(streamNumber: 1 | 2, payload: Buffer): Promise<void> {
    this.#bytesLeft -= payload.length;
    const time = Buffer.from(`${new Date(this.#clock.nowMs()).toISOString()} `);
    const header = Buffer.alloc(8);
    header[0] = streamNumber;
    header.writeUInt32BE(time.length + payload.length, 4);
    if (!this.#file.write(Buffer.concat([header, time, payload]))) await once(this.#file, 'drain');
  }
}
