import type { FormAutomaton, Places } from './form-automaton.ts';

export const mask = '***';

/** Of a value that was broken off, so much of its beginning may be shown. */
const tellingChars = 4;

/**
 * Masks forms in a text that comes in pieces. What may be the beginning of a form is held back until
 * it is known; that is never more than the longest form has, and each character is looked at once.
 */
export class TextMask {
  readonly #forms: FormAutomaton;
  #state = 0;
  #held = '';
  /** In what is held; a place that begins before it has its mask already. */
  #places: Places = [];

  constructor(forms: FormAutomaton) {
    this.#forms = forms;
  }

  get holds(): boolean {
    return this.#held !== '';
  }

  /** @returns what may be shown now. */
  push(text: string): string {
    this.#state = this.#forms.scan(text, this.#state, this.#places, this.#held.length);
    this.#held += text;
    return this.#show(this.#held.length - this.#forms.openChars(this.#state));
  }

  /** @returns the rest; the next piece begins another text. */
  end(): string {
    const rest = this.#show(this.#held.length);
    this.#state = 0;
    this.#places = [];
    return rest;
  }

  /** The same for a text that broke off: the beginning of a form is not shown. */
  breakOff(): string {
    const isTelling = this.#held.length >= tellingChars;
    const isMasked = (this.#places[0]?.[0] ?? 0) < 0;
    const rest = this.end();
    if (!isTelling) return rest;
    return isMasked ? '' : mask;
  }

  /** Takes so many characters out of what is held. */
  #show(end: number): string {
    let shown = '';
    let at = 0;
    for (const [from, to] of this.#places) {
      if (from >= end) break;
      if (from >= 0) shown += this.#held.slice(at, from) + mask;
      at = Math.min(to, end);
    }
    shown += this.#held.slice(at, end);
    this.#held = this.#held.slice(end);
    // One that ends here is kept too: another one right behind it has the same mask.
    const left = this.#places.filter(([, to]) => to >= end);
    this.#places = left.map(([from, to]) => [from - end, to - end]);
    return shown;
  }
}
