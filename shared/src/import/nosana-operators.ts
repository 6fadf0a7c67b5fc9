import { isJsonObject, pointerTo } from './foreign-object.ts';
import { importLimits } from './import-limits.ts';
import type { ImportReport } from './import-report.ts';

const literal = /%%(globals?|ops)\.([^%]+)%%/g;
const removeIfEmpty = '__remove-if-empty__';

/** What a field is that its list has left nothing of. */
const removed = Symbol('removed');

/** Of spreads and repeated variables together: each may be as long as a document. */
const charsMax = 2 * importLimits.documentBytes;

/**
 * Resolves what stands between %% in an operation, and the operators `__spread__`, `__pairs__` and
 * `__remove-if-empty__`, as far as that is known before anything runs. Refuses the rest.
 */
export class Hydration {
  readonly #report: ImportReport;
  readonly #variables: Readonly<Record<string, string>>;
  readonly #jobIdOf: ((name: string) => string) | undefined;
  #chars = 0;
  #values = 0;

  constructor(
    report: ImportReport,
    variables: Readonly<Record<string, string>>,
    jobIdOf: ((name: string) => string) | undefined,
  ) {
    this.#report = report;
    this.#variables = variables;
    this.#jobIdOf = jobIdOf;
  }

  /** The value of a field of an operation; undefined where operators took it away. */
  resolve(value: unknown, pointer: string, stepName: string): unknown {
    const resolved = this.#walk(value, pointer, stepName);
    return resolved === removed ? undefined : resolved;
  }

  /** A text of `%%global.job%%`'s kind, such as for a variable of ours. */
  jobId(stepName: string): string {
    return this.#jobIdOf?.(stepName) ?? '%%global.job%%';
  }

  #walk(value: unknown, pointer: string, step: string): unknown {
    if (typeof value === 'string') return this.#text(value, pointer, step);
    if (Array.isArray(value)) return this.#list(value, pointer, step);
    if (isJsonObject(value)) return this.#object(value, pointer, step);
    return value;
  }

  #text(text: string, pointer: string, step: string): string {
    return text.replaceAll(literal, (whole: string, scope: string, path: string) => {
      const value = scope === 'ops' ? null : this.#global(path, step);
      if (value === null) {
        const detail = `has ${whole.slice(0, 80)}, which is not known before the jobs run`;
        const fix =
          'Write the value itself, or name it in global.variables; files go from job to job as inputs.';
        this.#report.refuse(pointer, detail, fix);
        return '';
      }
      return this.#within(value, pointer);
    });
  }

  /** null for what only a node knows, and for what was not declared. */
  #global(path: string, step: string): string | null {
    if (path === 'job') return this.jobId(step);
    if (!path.startsWith('variables.')) return null;
    const name = path.slice('variables.'.length);
    return Object.hasOwn(this.#variables, name) ? (this.#variables[name] ?? null) : null;
  }

  #within(value: string, pointer: string): string {
    this.#chars += value.length;
    if (this.#chars <= charsMax) return value;
    const detail = `makes more than ${charsMax} characters of variables`;
    this.#report.refuse(pointer, detail, 'Use fewer of them.');
    return '';
  }

  /** What is spread is counted, as the values of the document itself are. */
  #few<Value>(values: Value[], pointer: string): Value[] {
    this.#values += values.length;
    if (this.#values <= importLimits.documentValues) return values;
    const detail = `spreads more than ${importLimits.documentValues} values`;
    this.#report.refuse(pointer, detail, 'Use fewer of them.');
    return [];
  }

  #list(values: readonly unknown[], pointer: string, step: string): unknown {
    const isOptional = values.includes(removeIfEmpty);
    const items = values.flatMap((value, index): unknown[] => {
      if (value === removeIfEmpty) return [];
      const at = pointerTo(pointer, index);
      if (isJsonObject(value) && '__spread__' in value) return this.#spreadList(value, at, step);
      const item = this.#walk(value, at, step);
      const isGone = item === removed || (isOptional && item === '' && value !== '');
      return isGone ? [] : [item];
    });
    return isOptional && items.length === 0 ? removed : items;
  }

  #spreadList(operator: Record<string, unknown>, pointer: string, step: string): unknown[] {
    const list = this.#json(operator['__spread__'], pointer, step);
    if (!Array.isArray(list)) {
      this.#report.refuse(pointer, 'spreads what is no JSON list', 'Give the variable one: ["a"].');
      return [];
    }
    return this.#few(operator['chunked'] === true ? list.flat(1) : list, pointer);
  }

  #object(value: Record<string, unknown>, pointer: string, step: string): unknown {
    const entries = Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
      const at = pointerTo(pointer, key);
      if (key === '__spread__') return this.#spreadObject(item, at, step);
      if (key === '__pairs__') return this.#pairs(item, at, step);
      const resolved = this.#walk(item, at, step);
      return resolved === removed ? [] : [[key, resolved]];
    });
    return Object.fromEntries(entries);
  }

  #spreadObject(item: unknown, pointer: string, step: string): [string, unknown][] {
    const object = this.#json(item, pointer, step);
    if (isJsonObject(object)) return this.#few(Object.entries(object), pointer);
    const fix = 'Give the variable one: {"A": "1"}.';
    this.#report.refuse(pointer, 'spreads what is no JSON object', fix);
    return [];
  }

  /** A list of keys with values; one without a value has an empty one. */
  #pairs(item: unknown, pointer: string, step: string): [string, unknown][] {
    const list = this.#json(item, pointer, step);
    const isPair = (pair: unknown) => isJsonObject(pair) && typeof pair['key'] === 'string';
    if (Array.isArray(list) && list.every(isPair)) {
      return this.#few(list, pointer).map((pair: Record<string, unknown>) => [
        String(pair['key']),
        pair['value'] ?? '',
      ]);
    }
    const fix = 'Give the variable one: [{"key": "A", "value": "1"}].';
    this.#report.refuse(pointer, 'is no JSON list of keys with values', fix);
    return [];
  }

  #json(item: unknown, pointer: string, step: string): unknown {
    if (typeof item !== 'string') return item;
    const text = this.#text(item, pointer, step);
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return null;
    }
  }
}
