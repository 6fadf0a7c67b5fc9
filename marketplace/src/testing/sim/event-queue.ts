import type { Owner } from './owner.ts';

export interface SimEvent {
  atMs: number;
  /** Among events of the same time the one that was planned first comes first. */
  order: number;
  owner: Owner;
  kind: 'timer' | 'message';
  cancelled: boolean;
  act: () => void;
}

/** A binary heap of what is going to happen. */
export class EventQueue {
  readonly #heap: SimEvent[] = [];

  get size(): number {
    return this.#heap.length;
  }

  peek(): SimEvent | null {
    return this.#heap[0] ?? null;
  }

  push(event: SimEvent): void {
    const heap = this.#heap;
    heap.push(event);
    let index = heap.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#isBefore(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  pop(): SimEvent | null {
    const heap = this.#heap;
    const first = heap[0] ?? null;
    const last = heap.pop();
    if (first === null || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      let next = index;
      if (left < heap.length && this.#isBefore(left, next)) next = left;
      if (right < heap.length && this.#isBefore(right, next)) next = right;
      if (next === index) return first;
      this.#swap(index, next);
      index = next;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const one = this.#at(a);
    const other = this.#at(b);
    return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
  }

  #swap(a: number, b: number): void {
    const one = this.#at(a);
    this.#heap[a] = this.#at(b);
    this.#heap[b] = one;
  }

  #at(index: number): SimEvent {
    const event = this.#heap[index];
    if (event === undefined) throw new Error('the heap has a hole');
    return event;
  }
}
