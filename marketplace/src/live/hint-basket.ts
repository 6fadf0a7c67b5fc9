import { limits } from '@node3/shared/limits';
import type { Hint } from './event-bus.ts';

/** Hints that wait to be sent, put together: never more than a message holds. */
export class HintBasket {
  #seq: number | null = null;
  #jobIds = new Set<string>();
  #gap = false;
  #homes = false;

  get isEmpty(): boolean {
    return this.#seq === null && this.#jobIds.size === 0 && !this.#gap && !this.#homes;
  }

  add(hint: Hint): void {
    if (hint.kind === 'events') this.#seq = Math.max(this.#seq ?? 0, hint.seq);
    else if (hint.kind === 'gap') this.#gap = true;
    else if (hint.kind === 'homes') this.#homes = true;
    else for (const jobId of hint.jobIds) this.#jobIds.add(jobId);
    if (this.#jobIds.size <= limits.busJobsPerMessage) return;
    this.#jobIds.clear();
    this.#gap = true;
  }

  /** Takes everything out. */
  take(): Hint[] {
    const hints: Hint[] = [];
    if (this.#gap) hints.push({ kind: 'gap' });
    if (this.#homes) hints.push({ kind: 'homes' });
    if (this.#seq !== null) hints.push({ kind: 'events', seq: this.#seq });
    if (this.#jobIds.size > 0) hints.push({ kind: 'logs', jobIds: [...this.#jobIds] });
    this.#seq = null;
    this.#jobIds = new Set();
    this.#gap = false;
    this.#homes = false;
    return hints;
  }
}
