import type Database from 'better-sqlite3';
import type { JobRow } from '../rows.ts';

/** Characters of specs that are kept parsed: some thousand usual ones, and a few times that in memory. */
const charsMax = 4 * 1024 * 1024;

interface Kept {
  spec: JobRow['spec'];
  chars: number;
}

/**
 * Parsed specs by job, the latest read. A spec never changes, which a trigger of the database sees
 * to, so nothing here can be outdated; whoever gets one must not change it either.
 */
export class SpecCache {
  readonly #kept = new Map<string, Kept>();
  #chars = 0;

  get(jobId: string): JobRow['spec'] | null {
    return this.#kept.get(jobId)?.spec ?? null;
  }

  set(jobId: string, spec: JobRow['spec'], chars: number): void {
    if (chars > charsMax / 64) return;
    this.delete(jobId);
    this.#kept.set(jobId, { spec, chars });
    this.#chars += chars;
    for (const oldest of this.#kept.keys()) {
      if (this.#chars <= charsMax) break;
      this.delete(oldest);
    }
  }

  /** For a job that is over: it is read rarely from now on. */
  delete(jobId: string): void {
    this.#chars -= this.#kept.get(jobId)?.chars ?? 0;
    this.#kept.delete(jobId);
  }
}

const caches = new WeakMap<Database.Database, SpecCache>();

export function specCacheOf(db: Database.Database): SpecCache {
  let cache = caches.get(db);
  if (cache === undefined) {
    cache = new SpecCache();
    caches.set(db, cache);
  }
  return cache;
}
