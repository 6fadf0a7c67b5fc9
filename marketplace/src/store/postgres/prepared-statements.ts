import type { Column } from './rows.ts';

export interface PreparedStatement {
  /** The text with the types of its values, which the same text may have others of. */
  key: string;
  name: string;
  types: readonly number[];
  /** `sent` may have failed before the server saw it. */
  state: 'new' | 'sent' | 'ready';
  /** null until the server has described it once. */
  columns: readonly Column[] | null;
}

/** The statements of one connection. */
export class PreparedStatements {
  readonly #byKey = new Map<string, PreparedStatement>();
  #names = 0;

  of(text: string, types: readonly number[]): PreparedStatement {
    const key = `${types.join()} ${text}`;
    let found = this.#byKey.get(key);
    if (found === undefined) {
      this.#names += 1;
      found = { key, name: `s${this.#names}`, types, state: 'new', columns: null };
      this.#byKey.set(key, found);
    }
    return found;
  }

  /** Those of a failed round trip that may be prepared or not get new names at their next use. */
  forgetUncertain(statements: readonly PreparedStatement[]): void {
    for (const { key, state } of statements) {
      if (state !== 'ready') this.#byKey.delete(key);
    }
  }
}
