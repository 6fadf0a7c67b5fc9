import { splitColours } from '@node3/shared/log-text';
import type { FormAutomaton, Places } from './form-automaton.ts';

export const mask = '***';

/** Of a value that was broken off, so much of its beginning may be shown. */
const tellingChars = 4;
/** More colours than these within what is held back are left out. */
const coloursMax = 64;

/**
 * Masks forms in a text that comes in pieces. What may be the beginning of a form is held back until
 * it is known; that is never more than the longest form has, and each character is looked at once.
 * Colours within a form don't hide it: they are taken out before it is looked for, and put back.
 */
export class TextMask {
  readonly #forms: FormAutomaton;
  #state = 0;
  #held = '';
  /** In what is held; a place that begins before it has its mask already. */
  #places: Places = [];
  /** What is held has none: where they belong in it. */
  #colours: [at: number, colour: string][] = [];

  constructor(forms: FormAutomaton) {
    this.#forms = forms;
  }

  get holds(): boolean {
    return this.#held !== '';
  }

  /** @returns what may be shown now. */
  push(text: string): string {
    if (this.#forms.isEmpty) return text;
    splitColours(text).forEach((piece, index) => {
      if (index % 2 === 1) this.#keepColour(piece);
      else this.#look(piece);
    });
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

  #look(text: string): void {
    this.#state = this.#forms.scan(text, this.#state, this.#places, this.#held.length);
    this.#held += text;
  }

  /** A value of digits could be one. */
  #keepColour(colour: string): void {
    const values: Places = [];
    this.#forms.scan(colour, 0, values, 0);
    if (values.length === 0) this.#colours.push([this.#held.length, colour]);
  }

  /** Takes so many characters out of what is held. */
  #show(end: number): string {
    let shown = '';
    let at = 0;
    for (const [from, to] of this.#places) {
      if (from >= end) break;
      if (from >= 0) shown += this.#withColours(at, from) + mask;
      at = Math.min(to, end);
    }
    shown += this.#withColours(at, end);
    this.#held = this.#held.slice(end);
    // One that ends here is kept too: another one right behind it has the same mask.
    const left = this.#places.filter(([, to]) => to >= end);
    this.#places = left.map(([from, to]) => [from - end, to - end]);
    const ahead = this.#colours.slice(-coloursMax);
    this.#colours = ahead.map(([place, colour]) => [place - end, colour]);
    return shown;
  }

  /** A part of what is held, with all colours up to its end. */
  #withColours(from: number, to: number): string {
    let shown = '';
    let at = from;
    let count = 0;
    while ((this.#colours[count]?.[0] ?? Number.POSITIVE_INFINITY) <= to) count += 1;
    for (const [place, colour] of this.#colours.splice(0, count)) {
      shown += this.#held.slice(at, Math.max(at, place)) + colour;
      at = Math.max(at, place);
    }
    return shown + this.#held.slice(at, to);
  }
}
