import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Where an agent puts the files of its executions on their way in and out. */
export class FilePlaces {
  readonly #root: string;

  constructor(dataDir: string) {
    this.#root = join(dataDir, 'files');
  }

  /** A folder that is there and empty. */
  async fresh(executionId: string, kind: 'inputs' | 'outputs'): Promise<string> {
    const folder = join(this.#root, executionId, kind);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  async remove(executionId: string): Promise<void> {
    await rm(join(this.#root, executionId), { recursive: true, force: true });
  }

  /** Removes what earlier processes left of executions that nobody goes on with. */
  async keepOnly(executionIds: readonly string[]): Promise<void> {
    const kept = new Set(executionIds);
    for (const name of await readdir(this.#root).catch(() => [])) {
      if (!kept.has(name)) await this.remove(name);
    }
  }
}
