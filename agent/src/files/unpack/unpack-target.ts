import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { problemOfArtifactName } from '@node3/shared/artifact-name';

export interface UnpackLimits {
  bytesMax: number;
  entriesMax: number;
  /** Unpacked bytes per packed one, counted once there are more than a few. */
  ratioMax: number;
}

/** An archive that is not unpacked, and why; the requester reads it. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

/** Far more than real data has: zeros have 1,000. */
const ratioMax = 200;
const ratioCountsFrom = 1024 * 1024;

export const usualUnpackLimits = { entriesMax: 100_000, ratioMax } as const;

/**
 * A fresh folder that an archive is unpacked into. Only plain files and folders come into being, each
 * once, with our own modes, and none outside of it: what an archive says about owners, links, devices
 * and modes is not followed. Throws ArchiveError.
 */
export class UnpackTarget {
  readonly #root: string;
  readonly #limits: UnpackLimits;
  /** Lowercase, since two names that differ in case are one file on some systems. */
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();
  #entries = 0;
  #bytes = 0;
  /** How many bytes of the archive were read by now. */
  packedBytes: () => number = () => Number.POSITIVE_INFINITY;

  constructor(root: string, limits: UnpackLimits) {
    this.#root = root;
    this.#limits = limits;
  }

  async addFolder(name: string): Promise<void> {
    const path = this.#place(name.replace(/\/$/, ''), 'folder');
    if (path !== null) await mkdir(path, { recursive: true, mode: 0o755 });
  }

  /** @param declared its size, as far as the archive says. */
  async addFile(
    name: string,
    declared: number | null,
    content: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const path = this.#place(name, 'file');
    if (path === null) throw new ArchiveError('has a file without a name');
    this.#checkBytes(declared ?? 0);
    await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
    const file = await open(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, 0o644);
    try {
      for await (const piece of content) {
        this.#bytes += piece.byteLength;
        this.#checkBytes(0);
        await file.writeFile(piece);
      }
    } finally {
      await file.close();
    }
  }

  refuse(name: string, what: string): ArchiveError {
    return new ArchiveError(`has the entry ${JSON.stringify(name.slice(0, 200))}, which ${what}`);
  }

  #place(name: string, kind: 'file' | 'folder'): string | null {
    this.#entries += 1;
    if (this.#entries > this.#limits.entriesMax) {
      throw new ArchiveError(`has more than ${this.#limits.entriesMax} entries`);
    }
    const plain = name.replace(/^(\.\/)+/, '');
    if (kind === 'folder' && (plain === '' || plain === '.')) return null;
    const problem = problemOfArtifactName(plain);
    if (problem !== null) throw this.refuse(name, problem);
    this.#claim(plain, kind);
    return join(this.#root, plain);
  }

  #claim(name: string, kind: 'file' | 'folder'): void {
    const key = name.toLowerCase();
    const parts = key.split('/');
    for (let length = 1; length < parts.length; length += 1) {
      const folder = parts.slice(0, length).join('/');
      if (this.#files.has(folder)) throw this.refuse(name, 'lies in another file');
      this.#folders.add(folder);
    }
    if (this.#files.has(key) || (kind === 'file' && this.#folders.has(key))) {
      throw this.refuse(name, 'has the name of another one, perhaps in other case');
    }
    (kind === 'file' ? this.#files : this.#folders).add(key);
  }

  #checkBytes(more: number): void {
    const { bytesMax, ratioMax: most } = this.#limits;
    if (this.#bytes + more > bytesMax) throw new ArchiveError(`has more than ${bytesMax} bytes`);
    if (this.#bytes > ratioCountsFrom && this.#bytes > most * this.packedBytes()) {
      throw new ArchiveError(`unpacks to more than ${most} times its size`);
    }
  }
}
