/**
 * Counts the requests that wait for the same thing, such as a job or the jobs of an account. Repeating
 * a request may cost its caller nothing, and each repetition would otherwise hold a connection.
 */
export class Waiters {
  readonly #waiting = new Map<string, number>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** Waits in one of the places; null at once where there is none left. */
  async wait<Result>(name: string, work: () => Promise<Result>): Promise<Result | null> {
    const waiting = this.#waiting.get(name) ?? 0;
    if (waiting >= this.#max) return null;
    this.#waiting.set(name, waiting + 1);
    try {
      return await work();
    } finally {
      this.#leave(name);
    }
  }

  #leave(name: string): void {
    const waiting = (this.#waiting.get(name) ?? 0) - 1;
    if (waiting > 0) this.#waiting.set(name, waiting);
    else this.#waiting.delete(name);
  }
}
