import type { JobRow } from '../rows.ts';

/** Characters of specs in each generation: some thousand usual ones, and a few times that in memory. */
const charsMax = 2 * 1024 * 1024;
/** A spec as large as thousands of others is read again instead. */
const specCharsMax = 64 * 1024;

/**
 * Parsed specs by job, the latest posted or read: parsing one takes longer than finding its row. A
 * spec never changes, which a trigger of the database sees to, so nothing here can be outdated;
 * whoever gets one must not change it either. Two generations instead of an order, since finding
 * the oldest entry of a long map takes longer than all the rest.
 */
export class SpecCache {
  #young = new Map<string, JobRow['spec']>();
  #old = new Map<string, JobRow['spec']>();
  #chars = 0;

  get(jobId: string): JobRow['spec'] | null {
    return this.#young.get(jobId) ?? this.#old.get(jobId) ?? null;
  }

  set(jobId: string, spec: JobRow['spec'], chars: number): void {
    if (chars > specCharsMax) return;
    if (this.#chars + chars > charsMax) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#chars = 0;
    }
    this.#young.set(jobId, spec);
    this.#chars += chars;
  }

  /** For a job that is over: it is read rarely from now on. */
  delete(jobId: string): void {
    this.#young.delete(jobId);
    this.#old.delete(jobId);
  }
}
