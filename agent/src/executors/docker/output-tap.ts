import type { LiveOutput } from './attached-output.ts';

/** So long an engine may hold up a workload for somebody to read it. */
const unreadMs = 10_000;

/**
 * The output of one container as it is written. One reader can have it. Unread it would hold up the workload: after a while it is let go, and its
 * bytes are in the stored log alone.
 */
export class OutputTap {
  #stream: LiveOutput | null;
  readonly #patience: NodeJS.Timeout;

  constructor(stream: LiveOutput) {
    this.#stream = stream;
    this.#patience = setTimeout(() => this.close(), unreadMs);
    this.#patience.unref();
  }

  /** @returns the stream from its first byte, once; then null. */
  take(): LiveOutput | null {
    clearTimeout(this.#patience);
    const stream = this.#stream;
    this.#stream = null;
    return stream;
  }

  close(): void {
    this.take()?.destroy();
  }
}
