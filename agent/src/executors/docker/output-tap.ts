import type { Readable } from 'node:stream';
import type Docker from 'dockerode';

/** So long an engine may hold up a workload for somebody to read it. */
const unreadMs = 10_000;

/**
 * The output of one container as it is written. One reader can have it. Unread it would hold up the workload: after a while it is let go, and its
 * bytes are in the stored log alone.
 */
export class OutputTap {
  #stream: Readable | null;
  readonly #patience: NodeJS.Timeout;

  constructor(stream: Readable) {
    this.#stream = stream;
    this.#patience = setTimeout(() => this.close(), unreadMs);
    this.#patience.unref();
  }

  /** @returns the stream from its first byte, once; then null. */
  take(): Readable | null {
    clearTimeout(this.#patience);
    const stream = this.#stream;
    this.#stream = null;
    return stream;
  }

  close(): void {
    this.take()?.destroy();
  }
}

/** Attaches to a container that was not started yet, so that nothing is missing. */
export async function openOutput(container: Docker.Container): Promise<Readable> {
  const stream = await container.attach({ stream: true, stdout: true, stderr: true });
  // An engine that goes away is found out by whoever reads.
  stream.on('error', () => undefined);
  return stream as unknown as Readable;
}
