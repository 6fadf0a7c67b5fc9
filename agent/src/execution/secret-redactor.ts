import { Needle } from './needle.ts';
import { secretForms } from './secret-forms.ts';

const mask = '***';

/** Finds the values of secrets in texts, in every form that `secretForms` knows. */
export class SecretRedactor {
  readonly #forms: readonly Needle[];

  constructor(values: readonly string[]) {
    const forms = new Set(values.flatMap(secretForms));
    this.#forms = [...forms].map((form) => new Needle(form));
  }

  redact(text: string): string {
    let end = 0;
    let redacted = '';
    for (const [from, to] of this.#places(text)) {
      redacted += text.slice(end, from) + mask;
      end = to;
    }
    return end === 0 ? text : redacted + text.slice(end);
  }

  /**
   * Where the end of a text begins that may be the beginning of a value: it can't be told before more
   * of the text is known. The length of the text when there is no such end.
   */
  openFrom(text: string): number {
    let from = text.length;
    for (const form of this.#forms) {
      const open = form.find(text.slice(-(form.length - 1))).openChars;
      from = Math.min(from, text.length - open);
    }
    // What is found already must not be cut in two by that.
    const cut = this.#places(text).find(([begin, end]) => begin < from && from < end);
    return cut === undefined ? from : cut[0];
  }

  /** The same for data that a program gave back, names of fields included. */
  redactJson(value: unknown): unknown {
    if (this.#forms.length === 0) return value;
    if (typeof value === 'string') return this.redact(value);
    if (typeof value === 'number')
      return this.redact(String(value)) === String(value) ? value : mask;
    if (Array.isArray(value)) return value.map((part) => this.redactJson(part));
    if (typeof value !== 'object' || value === null) return value;
    const fields = Object.entries(value);
    return Object.fromEntries(
      fields.map(([key, part]) => [this.redact(key), this.redactJson(part)]),
    );
  }

  /** Every stretch of text that belongs to a value, in order and apart from each other. */
  #places(text: string): [from: number, to: number][] {
    const found: [number, number][] = [];
    for (const form of this.#forms) {
      // Nearly always there is none, which the engine finds out far faster than we do.
      if (!text.includes(form.text)) continue;
      for (const end of form.find(text).ends) found.push([end - form.length, end]);
    }
    const apart: [number, number][] = [];
    for (const [from, to] of found.toSorted(([a], [b]) => a - b)) {
      const last = apart.at(-1);
      if (last === undefined || from > last[1]) apart.push([from, to]);
      else last[1] = Math.max(last[1], to);
    }
    return apart;
  }
}
