import { withoutControls } from '@node3/shared/log-text';
import { FormAutomaton } from './form-automaton.ts';
import { secretForms } from './secret-forms.ts';
import { mask, TextMask } from './text-mask.ts';

/** Finds the values of secrets in texts, in every form that `secretForms` knows. */
export class SecretRedactor {
  readonly #forms: FormAutomaton;

  constructor(values: readonly string[]) {
    this.#forms = new FormAutomaton(values.flatMap(secretForms));
  }

  /** There are none, so that a text is shown as it is. */
  get isEmpty(): boolean {
    return this.#forms.isEmpty;
  }

  /** For a text that comes in pieces. */
  openMask(): TextMask {
    return new TextMask(this.#forms);
  }

  /** Where control characters would hide a value, they are taken out. */
  redact(text: string): string {
    const lines = text.split('\n').map((line) => withoutControls(line, 'drop'));
    const plain = lines.join('\n');
    const masked = this.#mask(plain);
    return masked === plain ? this.#mask(text) : masked;
  }

  /** The same for data that a program gave back, names of fields included. */
  redactJson(value: unknown): unknown {
    if (this.#forms.isEmpty) return value;
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

  #mask(text: string): string {
    const masked = this.openMask();
    return masked.push(text) + masked.end();
  }
}
