import type { ImportReport } from './import-report.ts';

export type JsonObject = Record<string, unknown>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON pointer (RFC 6901) of a field or an element. */
export function pointerTo(parent: string, key: string | number): string {
  return `${parent}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** How field names are compared: Go reads JSON in any case. */
export type NameCase = 'exact' | 'any';

/**
 * An object of a document of another system, whose fields are taken one by one. null counts as absent,
 * as those systems write it. A field of the wrong type is refused; `close` warns of those that nobody took.
 */
export class ForeignObject {
  readonly pointer: string;
  readonly #value: JsonObject;
  readonly #report: ImportReport;
  readonly #nameCase: NameCase;
  readonly #taken = new Set<string>();
  /** Names as they are written by what they are in lower case; made when one is looked for. */
  #written: Map<string, string> | null = null;

  constructor(
    value: JsonObject,
    pointer: string,
    report: ImportReport,
    nameCase: NameCase = 'exact',
  ) {
    this.#value = value;
    this.pointer = pointer;
    this.#report = report;
    this.#nameCase = nameCase;
  }

  at(name: string): string {
    return pointerTo(this.pointer, this.#keyOf(name));
  }

  has(name: string): boolean {
    return (this.#value[this.#keyOf(name)] ?? null) !== null;
  }

  /** Whatever is there; undefined where nothing is. */
  take(name: string): unknown {
    const key = this.#keyOf(name);
    this.#taken.add(key);
    return Object.hasOwn(this.#value, key) ? (this.#value[key] ?? undefined) : undefined;
  }

  text(name: string): string | undefined {
    const value = this.take(name);
    if (value === undefined || typeof value === 'string') return value;
    return this.#wrong(name, 'text');
  }

  number(name: string): number | undefined {
    const value = this.take(name);
    if (value === undefined || typeof value === 'number') return value;
    return this.#wrong(name, 'a number');
  }

  flag(name: string): boolean | undefined {
    const value = this.take(name);
    if (value === undefined || typeof value === 'boolean') return value;
    return this.#wrong(name, 'true or false');
  }

  list(name: string): unknown[] {
    const value = this.take(name);
    if (value === undefined || Array.isArray(value)) return value ?? [];
    return this.#wrong(name, 'a list') ?? [];
  }

  /** The objects of a list, with what else is in it refused. */
  objects(name: string): ForeignObject[] {
    return this.list(name).flatMap((value, index) => {
      const pointer = pointerTo(this.at(name), index);
      if (isJsonObject(value)) return [this.#child(value, pointer)];
      this.#report.refuse(pointer, 'must be an object', 'Write it with its fields.');
      return [];
    });
  }

  texts(name: string): string[] | undefined {
    const values = this.take(name);
    if (values === undefined) return undefined;
    if (Array.isArray(values) && values.every((value) => typeof value === 'string')) return values;
    return this.#wrong(name, 'a list of texts');
  }

  object(name: string): ForeignObject | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    if (isJsonObject(value)) return this.#child(value, this.at(name));
    return this.#wrong(name, 'an object');
  }

  /** Names with texts, or with numbers and booleans, which become texts. */
  record(name: string): Record<string, string> {
    const value = this.take(name);
    if (value === undefined) return {};
    if (!isJsonObject(value)) return this.#wrong(name, 'an object of texts') ?? {};
    const entries = Object.entries(value).flatMap(([key, item]): [string, string][] => {
      if (typeof item === 'string') return [[key, item]];
      const pointer = pointerTo(this.at(name), key);
      if (typeof item === 'number' || typeof item === 'boolean') {
        this.#report.warn(pointer, `is no text, and becomes "${item}"`, 'Write it in quotes.');
        return [[key, String(item)]];
      }
      this.#report.refuse(pointer, 'must be text', 'Write it in quotes.');
      return [];
    });
    return Object.fromEntries(entries);
  }

  /** What says something to people and programs around the job, and nothing to the job. */
  ignore(...names: string[]): void {
    for (const name of names) this.#taken.add(this.#keyOf(name));
  }

  close(): void {
    for (const name of Object.keys(this.#value)) {
      if (this.#taken.has(name) || this.#value[name] === null) continue;
      const fix = 'Check its spelling; if the job needs it, say so with a field that is known.';
      this.#report.warn(
        pointerTo(this.pointer, name),
        'is no field that is known, and is left out',
        fix,
      );
    }
  }

  #keyOf(name: string): string {
    if (this.#nameCase === 'exact' || Object.hasOwn(this.#value, name)) return name;
    this.#written ??= writtenNames(this.#value);
    return this.#written.get(name.toLowerCase()) ?? name;
  }

  #child(value: JsonObject, pointer: string): ForeignObject {
    return new ForeignObject(value, pointer, this.#report, this.#nameCase);
  }

  #wrong(name: string, wanted: string): undefined {
    this.#report.refuse(this.at(name), `must be ${wanted}`, `Write ${wanted} there.`);
    return undefined;
  }
}

/** Of several that differ only in case the first counts. */
function writtenNames(value: JsonObject): Map<string, string> {
  const keys = Object.keys(value).toReversed();
  return new Map(keys.map((key) => [key.toLowerCase(), key]));
}
