/**
 * Counts the requests that wait for the same thing, such as a job or the jobs of an account, and all of
 * them. Repeating a request may cost its caller nothing, and each repetition would otherwise hold a
 * connection.
 */
export class Waiters {
  readonly #waiting = new Map<string, number>();
  readonly #maxEach: number;
  readonly #maxAll: number;
  #all = 0;

  constructor({ each, all }: { each: number; all: number }) {
    this.#maxEach = each;
    this.#maxAll = all;
  }

  /** Waits in one of the places; null at once where there is none left. */
  async wait<Result>(name: string, work: () => Promise<Result>): Promise<Result | null> {
    const waiting = this.#waiting.get(name) ?? 0;
    if (waiting >= this.#maxEach || this.#all >= this.#maxAll) return null;
    this.#waiting.set(name, waiting + 1);
    this.#all += 1;
    try {
      return await work();
    } finally {
      this.#leave(name);
    }
  }

  #leave(name: string): void {
    this.#all -= 1;
    const waiting = (this.#waiting.get(name) ?? 0) - 1;
    if (waiting > 0) this.#waiting.set(name, waiting);
    else this.#waiting.delete(name);
  }
}
