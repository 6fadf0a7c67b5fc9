interface Entry<T> {
  id: number;
  text: string;
  value: T;
  uses: number;
}

/** Values that are equal as JSON, each kept once for as long as it is used. */
export class Interned<T> {
  readonly #byText = new Map<string, Entry<T>>();
  readonly #byValue = new Map<T, Entry<T>>();
  #ids = 0;

  /** A number that equal values share, as long as one of them is used. */
  idOf(value: T): number {
    const known = this.#byValue.get(value);
    if (known !== undefined) return known.id;
    const text = JSON.stringify(value);
    const equal = this.#byText.get(text);
    if (equal !== undefined) return equal.id;
    this.#ids += 1;
    const made = { id: this.#ids, text, value, uses: 0 };
    this.#byText.set(text, made);
    this.#byValue.set(value, made);
    return made.id;
  }

  /** Counts one more use. @returns the value that is kept. */
  use(value: T): T {
    const entry = this.#byValue.get(value) ?? this.#byText.get(JSON.stringify(value));
    if (entry === undefined) throw new Error('a value has an id before it is used');
    entry.uses += 1;
    return entry.value;
  }

  /** Counts one use less of a value that `use` has answered. */
  drop(value: T): void {
    const entry = this.#byValue.get(value);
    if (entry === undefined) throw new Error('what is dropped was used');
    entry.uses -= 1;
    if (entry.uses > 0) return;
    this.#byText.delete(entry.text);
    this.#byValue.delete(entry.value);
  }
}
