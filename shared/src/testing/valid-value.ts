import { type Arbitrary, sample, stringMatching } from 'fast-check';

/** A source of chance from 0 up to, not including, 1. */
export type Chance = () => number;

/** As much of JSON Schema as contracts use. */
export interface LooseSchema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: LooseSchema[];
  oneOf?: LooseSchema[];
  allOf?: LooseSchema[];
  pattern?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  items?: LooseSchema;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  required?: string[];
  properties?: Record<string, LooseSchema>;
  patternProperties?: Record<string, LooseSchema>;
  additionalProperties?: unknown;
  minProperties?: number;
}

export interface ValueOptions {
  chance: Chance;
  /** How often an optional field is there, 0 to 1. */
  optionalRatio: number;
  /** A text that is known to be good for a pattern, such as the id of something that exists. */
  known?: (pattern: string) => string | undefined;
}

const depthMax = 12;
const letters = Array.from('abcXYZ019 -_é');

/** A value that fits the schema, as far as the schema says: services may refuse it all the same. */
export function validValue(schema: LooseSchema, options: ValueOptions, depth = 0): unknown {
  const { chance } = options;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return pick(schema.enum, chance);
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) return validValue(pick(branches, chance), options, depth);
  const type = Array.isArray(schema.type) ? pick(schema.type, chance) : schema.type;
  switch (type ?? 'any') {
    case 'object':
      return validObject(schema, options, depth);
    case 'array':
      return validArray(schema, options, depth);
    case 'string':
      return validText(schema, options);
    case 'integer':
      return validNumber(schema, 'integer', chance);
    case 'number':
      return validNumber(schema, 'number', chance);
    case 'boolean':
      return chance() < 0.5;
    case 'null':
      return null;
    default:
      return pick([null, 'x', 1, {}, []], chance);
  }
}

function validObject(schema: LooseSchema, options: ValueOptions, depth: number) {
  const value: Record<string, unknown> = {};
  const ratio = depth > depthMax ? 0 : options.optionalRatio;
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    if (!schema.required?.includes(name) && options.chance() >= ratio) continue;
    value[name] = validValue(field, options, depth + 1);
  }
  const [named] = Object.entries(schema.patternProperties ?? {});
  if (named !== undefined && options.chance() < ratio) {
    const name = validText({ pattern: named[0] }, options);
    value[name] = validValue(named[1], options, depth + 1);
  }
  return value;
}

function validArray(schema: LooseSchema, options: ValueOptions, depth: number): unknown[] {
  const least = schema.minItems ?? 0;
  const most = Math.min(schema.maxItems ?? 3, least + 2);
  const count = least + Math.floor(options.chance() * (most - least + 1));
  return Array.from({ length: count }, () => validValue(schema.items ?? {}, options, depth + 1));
}

/** Patterns are compiled once: that takes longer than a text. */
const texts = new Map<string, Arbitrary<string>>();

function validText(schema: LooseSchema, { chance, known }: ValueOptions): string {
  const { pattern, format, minLength = 0, maxLength } = schema;
  if (format === 'date-time') return new Date(1_800_000_000_000 * chance()).toISOString();
  if (pattern !== undefined) {
    const found = known?.(pattern);
    if (found !== undefined) return found;
    const matching = texts.get(pattern) ?? stringMatching(withoutLookahead(pattern));
    texts.set(pattern, matching);
    const seed = Math.floor(chance() * 2 ** 31);
    const [text = ''] = sample(matching, { seed, numRuns: 1 });
    return text.slice(0, maxLength);
  }
  const most = Math.min(maxLength ?? 12, Math.max(minLength, 12));
  const length = minLength + Math.floor(chance() * (most - minLength + 1));
  return Array.from({ length }, () => pick(letters, chance)).join('');
}

/** The generator knows no lookahead, which only forbids: a text may fail it, rarely. */
function withoutLookahead(pattern: string): RegExp {
  return new RegExp(pattern.replaceAll(/\(\?[!=](?:[^()]|\([^()]*\))*\)/g, ''));
}

function validNumber(schema: LooseSchema, type: 'integer' | 'number', chance: Chance): number {
  const least = schema.minimum ?? schema.exclusiveMinimum ?? 0;
  const most = schema.maximum ?? least + 1_000;
  // The ends of a range are where mistakes are.
  const end = chance();
  if (end < 0.2) return schema.exclusiveMinimum === undefined ? least : least + 1;
  if (end < 0.4) return most;
  const value = least + chance() * (most - least);
  return type === 'integer' ? Math.ceil(value) : value;
}

export function pick<T>(items: readonly T[], chance: Chance): T {
  const item = items[Math.floor(chance() * items.length)];
  if (item === undefined && items.length === 0) throw new Error('there is nothing to pick from');
  return item as T;
}
