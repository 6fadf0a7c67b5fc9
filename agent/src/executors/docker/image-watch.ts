import type { Readable } from 'node:stream';
import type Docker from 'dockerode';

/** More names than this are not kept: as many jobs get containers that wait. */
const namesMax = 64;
/** After each use the engine is asked again: some engines tell nothing of an image built anew. */
const askAgainMs = 1_000;

/**
 * What the engine says of images, asked once and kept until it tells that any image changed. Nothing
 * is kept while it tells nothing. An older engine that builds an image anew without a word gives one job
 * what the name stood for before, as it would have given one a second earlier.
 */
export class ImageWatch {
  readonly #docker: Docker;
  readonly #known = new Map<string, Docker.ImageInspectInfo>();
  #events: Readable | null = null;
  #isOpening = false;
  #isClosed = false;
  /** What was asked before a change is not kept after it. */
  #changes = 0;

  constructor(docker: Docker) {
    this.#docker = docker;
  }

  /** Rejects with the engine's error, which is never kept. */
  inspect(name: string): Promise<Docker.ImageInspectInfo> {
    void this.#listen();
    const known = this.#known.get(name);
    if (known === undefined) return this.#ask(name);
    setTimeout(() => void this.#askAgain(name), askAgainMs).unref();
    return Promise.resolve(known);
  }

  close(): void {
    this.#isClosed = true;
    this.#events?.destroy();
    this.#forget();
  }

  async #ask(name: string): Promise<Docker.ImageInspectInfo> {
    const changes = this.#changes;
    const found = await this.#docker.getImage(name).inspect();
    const isNews = this.#events === null || changes !== this.#changes;
    if (isNews || this.#known.size >= namesMax) this.#known.delete(name);
    else this.#known.set(name, found);
    return found;
  }

  async #askAgain(name: string): Promise<void> {
    if (!this.#known.has(name)) return;
    await this.#ask(name).catch(() => this.#known.delete(name));
  }

  async #listen(): Promise<void> {
    if (this.#events !== null || this.#isOpening || this.#isClosed) return;
    this.#isOpening = true;
    try {
      const stream = await this.#docker.getEvents({ filters: { type: ['image'] } });
      const events = stream as Readable;
      events.on('data', () => this.#forget());
      for (const end of ['end', 'close', 'error']) events.once(end, () => this.#lose(events));
      this.#events = events;
      this.#forget();
      if (this.#isClosed) events.destroy();
    } catch {
      // The next job tries again; meanwhile the engine is asked each time.
    } finally {
      this.#isOpening = false;
    }
  }

  #lose(events: Readable): void {
    if (this.#events !== events) return;
    this.#events = null;
    this.#forget();
  }

  #forget(): void {
    this.#changes += 1;
    this.#known.clear();
  }
}
