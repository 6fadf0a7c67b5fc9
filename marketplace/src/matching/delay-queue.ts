import type { Clock } from '@node3/shared/clock';

interface Delayed {
  key: string;
  dueMs: number;
}

/** A timer can't wait longer than this; nothing here does, but a clock may jump. */
const timerMsMax = 2_147_483_647;

/** Calls back for each key when its time has come: a heap and one timer for all of them. */
export class DelayQueue {
  readonly #clock: Clock;
  readonly #onDue: (key: string) => void;
  readonly #heap: Delayed[] = [];
  /** The time that counts for a key; entries of the heap that say another one are void. */
  readonly #dueMs = new Map<string, number>();
  #timer: { handle: NodeJS.Timeout; dueMs: number } | null = null;

  constructor(clock: Clock, onDue: (key: string) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Replaces an earlier time of the same key. */
  set(key: string, dueMs: number): void {
    if (this.#dueMs.get(key) === dueMs) return;
    this.#dueMs.set(key, dueMs);
    this.#push({ key, dueMs });
    this.#arm();
  }

  delete(key: string): void {
    this.#dueMs.delete(key);
    // Void entries are left in the heap; without this, adding and deleting would fill memory.
    if (this.#heap.length > 64 && this.#heap.length > 2 * this.#dueMs.size) this.#rebuild();
  }

  clear(): void {
    this.#dueMs.clear();
    this.#heap.length = 0;
    this.#disarm();
  }

  #disarm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer.handle);
    this.#timer = null;
  }

  #arm(): void {
    const next = this.#heap[0];
    if (next === undefined) return;
    if (this.#timer !== null && this.#timer.dueMs <= next.dueMs) return;
    this.#disarm();
    // One more millisecond: a timer may fire a fraction early, and then everything would be looked at twice.
    const delayMs = Math.min(timerMsMax, Math.max(0, next.dueMs - this.#clock.nowMs()) + 1);
    const handle = setTimeout(() => this.#fire(), delayMs);
    handle.unref();
    this.#timer = { handle, dueMs: next.dueMs };
  }

  #fire(): void {
    this.#disarm();
    const nowMs = this.#clock.nowMs();
    for (
      let next = this.#heap[0];
      next !== undefined && next.dueMs <= nowMs;
      next = this.#heap[0]
    ) {
      this.#pop();
      if (this.#dueMs.get(next.key) !== next.dueMs) continue;
      this.#dueMs.delete(next.key);
      this.#onDue(next.key);
    }
    this.#arm();
  }

  #push(entry: Delayed): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || parent.dueMs <= entry.dueMs) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#sink(0, last);
  }

  #sink(from: number, entry: Delayed): void {
    const heap = this.#heap;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      let lower = heap[child];
      const right = heap[child + 1];
      if (lower === undefined) break;
      if (right !== undefined && right.dueMs < lower.dueMs) {
        child += 1;
        lower = right;
      }
      if (lower.dueMs >= entry.dueMs) break;
      heap[at] = lower;
      at = child;
    }
    heap[at] = entry;
  }

  #rebuild(): void {
    const kept = this.#heap.filter(({ key, dueMs }) => this.#dueMs.get(key) === dueMs);
    this.#heap.length = 0;
    for (const entry of kept) this.#push(entry);
  }
}
