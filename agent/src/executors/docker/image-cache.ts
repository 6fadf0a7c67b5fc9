import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Clock } from '@node3/shared/clock';
import type { Logger } from '@node3/shared/logger';
import type Docker from 'dockerode';
import { engineStatus } from './engine-error.ts';

/** An image that a job brought here, by the name under which it was pulled. */
interface CachedImage {
  sizeBytes: number;
  usedAtMs: number;
}

export interface ImageCacheDeps {
  docker: Docker;
  clock: Clock;
  log: Logger;
  /** Where it is remembered what was pulled; null remembers it for the life of the process only. */
  file: string | null;
}

/** What was used so lately is not written down again: jobs of one image come one after the other. */
const touchMs = 60_000;
/** More names than this are not remembered; the oldest are then nobody's, and stay. */
const namesMax = 10_000;

/**
 * Keeps the images that jobs brought here within a budget: the one that was not used for longest
 * goes first. What the provider pulled or built is in no list of this class, so it is never removed;
 * an image that it tagged as well loses our name only.
 */
export class ImageCache {
  readonly #deps: ImageCacheDeps;
  #images: Promise<Map<string, CachedImage>> | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(deps: ImageCacheDeps) {
    this.#deps = deps;
  }

  /** Notes an image that was just pulled for a job. */
  async add(name: string, sizeBytes: number): Promise<void> {
    const images = await this.#load();
    images.set(name, { sizeBytes, usedAtMs: this.#deps.clock.nowMs() });
    await this.#store(images);
  }

  /** Whether a job brought it here. */
  async has(name: string): Promise<boolean> {
    return (await this.#load()).has(name);
  }

  /** Notes that a job uses an image, which may be one of the provider's. */
  async touch(name: string): Promise<void> {
    const images = await this.#load();
    const known = images.get(name);
    if (known === undefined) return;
    const usedAtMs = this.#deps.clock.nowMs();
    images.set(name, { ...known, usedAtMs });
    if (usedAtMs - known.usedAtMs > touchMs) await this.#store(images);
  }

  /** Removes the least used images until so many bytes of them are gone, or none is left. */
  async free(bytes: number): Promise<void> {
    const images = await this.#load();
    await this.trim(sumBytes(images) - bytes, '');
  }

  /** Removes images until the rest is within the budget. Those that containers use stay. */
  async trim(bytesMax: number, keep: string): Promise<void> {
    const images = await this.#load();
    let bytes = sumBytes(images);
    const oldest = [...images].toSorted(([, a], [, b]) => a.usedAtMs - b.usedAtMs);
    for (const [name, { sizeBytes }] of oldest) {
      if (bytes <= bytesMax) break;
      if (name === keep || !(await this.#remove(name))) continue;
      images.delete(name);
      bytes -= sizeBytes;
    }
    await this.#store(images);
  }

  /** @returns false when it is in use. */
  async #remove(name: string): Promise<boolean> {
    try {
      await this.#deps.docker.getImage(name).remove();
      this.#deps.log.info({ image: name }, 'image removed from the cache');
      return true;
    } catch (error) {
      if (engineStatus(error) === 404) return true;
      if (engineStatus(error) === 409) return false;
      throw error;
    }
  }

  #load(): Promise<Map<string, CachedImage>> {
    this.#images ??= this.#read();
    return this.#images;
  }

  async #read(): Promise<Map<string, CachedImage>> {
    const { file } = this.#deps;
    if (file === null) return new Map();
    try {
      return new Map(Object.entries(JSON.parse(await readFile(file, 'utf8')) as object));
    } catch {
      // Without the list nothing is ours, so nothing is removed.
      return new Map();
    }
  }

  #store(images: Map<string, CachedImage>): Promise<void> {
    const { file } = this.#deps;
    if (file === null) return Promise.resolve();
    const newest = [...images].toSorted(([, a], [, b]) => b.usedAtMs - a.usedAtMs);
    const text = JSON.stringify(Object.fromEntries(newest.slice(0, namesMax)));
    this.#writing = this.#replace(this.#writing, file, text);
    return this.#writing;
  }

  /** One after the other, and whatever became of the one before. */
  async #replace(before: Promise<void>, file: string, text: string): Promise<void> {
    await before.catch(() => undefined);
    await writeFile(`${file}.tmp`, text, { mode: 0o600 });
    await rename(`${file}.tmp`, file);
  }
}

function sumBytes(images: ReadonlyMap<string, CachedImage>): number {
  return [...images.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
