/**
 * The idempotency key of a body: the same body sent again, such as by a second click or after a lost
 * answer, carries the same key and can't pay twice; a changed body gets a new one.
 */
export class IdempotencyKeys {
  readonly #next: () => string;
  #last: { body: string; key: string } | null = null;

  constructor(next: () => string) {
    this.#next = next;
  }

  keyFor(body: unknown): string {
    const text = JSON.stringify(body);
    if (this.#last?.body !== text) this.#last = { body: text, key: this.#next() };
    return this.#last.key;
  }

  /** After success: posting the same job again is then meant as a second job. */
  forget(): void {
    this.#last = null;
  }
}
