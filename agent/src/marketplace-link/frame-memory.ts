import { Buffer } from 'node:buffer';
import { agentLimits } from '../agent-limits.ts';

/** A full batch of lines fits, with what is said of it. */
const pieceBytes = agentLimits.logBlockBytes + 64 * 1024;
/** As many as are on their way at once. */
const piecesMax = 4;
const idleMs = 5_000;

/**
 * Memory for frames that are being sent, used again: a fresh piece for each makes the garbage collector
 * run for every 10 MB. It is given back when nothing was sent for a while.
 */
export class FrameMemory {
  #free: Buffer[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** Of at least that length. */
  take(length: number): Buffer {
    if (length > pieceBytes) return Buffer.allocUnsafe(length);
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(pieceBytes);
  }

  /** What was taken has been sent; any other memory is left alone. */
  giveBack({ buffer, byteOffset }: Buffer): void {
    if (buffer.byteLength !== pieceBytes || byteOffset !== 0) return;
    if (this.#free.length < piecesMax) this.#free.push(Buffer.from(buffer as ArrayBuffer));
    this.#timer ??= setTimeout(() => this.clear(), idleMs).unref();
    this.#timer.refresh();
  }

  clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#free = [];
  }
}
