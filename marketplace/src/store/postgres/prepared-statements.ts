import type { Column } from './rows.ts';

export interface PreparedStatement {
  text: string;
  name: string;
  /** `sent` may have failed before the server saw it. */
  state: 'new' | 'sent' | 'ready';
  /** null until the server has described it once. */
  columns: readonly Column[] | null;
}

/** The statements of one connection, by their texts. */
export class PreparedStatements {
  readonly #byText = new Map<string, PreparedStatement>();
  #names = 0;

  of(text: string): PreparedStatement {
    let found = this.#byText.get(text);
    if (found === undefined) {
      this.#names += 1;
      found = { text, name: `s${this.#names}`, state: 'new', columns: null };
      this.#byText.set(text, found);
    }
    return found;
  }

  /** Those of a failed round trip that may be prepared or not get new names at their next use. */
  forgetUncertain(statements: readonly PreparedStatement[]): void {
    for (const { text, state } of statements) {
      if (state !== 'ready') this.#byText.delete(text);
    }
  }
}
