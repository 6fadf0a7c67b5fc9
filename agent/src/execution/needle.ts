/**
 * A text that is looked for in others, in one pass whatever they are (Knuth, Morris, Pratt): jobs
 * choose both, and must not be able to make the agent slow.
 */
export class Needle {
  readonly text: string;
  /** For each end of a beginning: how long the longest shorter beginning is that ends there as well. */
  readonly #shorter: Int32Array;

  constructor(text: string) {
    this.text = text;
    this.#shorter = new Int32Array(text.length);
    for (let at = 1, length = 0; at < text.length; at += 1) {
      length = this.#next(length, text.charCodeAt(at));
      this.#shorter[at] = length;
    }
  }

  get length(): number {
    return this.text.length;
  }

  /** @returns where it ends in a text, and how many characters of its beginning the text ends with. */
  find(text: string): { ends: number[]; openChars: number } {
    const ends: number[] = [];
    let length = 0;
    for (let at = 0; at < text.length; at += 1) {
      length = this.#next(length, text.charCodeAt(at));
      if (length < this.text.length) continue;
      ends.push(at + 1);
      length = this.#shorter[length - 1] ?? 0;
    }
    return { ends, openChars: length };
  }

  #next(length: number, code: number): number {
    let fitting = length;
    while (fitting > 0 && this.text.charCodeAt(fitting) !== code) {
      fitting = this.#shorter[fitting - 1] ?? 0;
    }
    return this.text.charCodeAt(fitting) === code ? fitting + 1 : fitting;
  }
}
