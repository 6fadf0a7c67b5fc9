import { Ajv, type ErrorObject } from 'ajv';
import type { FieldProblem } from '../error.ts';
import { type FieldRule, type FieldValues, isFieldRule, sayRule } from '../field-rules.ts';
import { idPrefixOf } from '../ids.ts';

/** Parts of a request that arrive as text, so that "5" has to become 5 first. */
const textParts = new Set(['querystring', 'params', 'headers']);

/** How many wrong fields one answer lists. */
const problemsMax = 20;

/** A value with more parts than this gets its first problem only: finding all would cost too much. */
const partsMax = 2_000;

const options = {
  discriminator: true,
  removeAdditional: false,
  strict: false,
  // JSON can write numbers that are read as infinite, such as 1e999.
  strictNumbers: true,
  useDefaults: true,
  verbose: true,
} as const;

/**
 * Compiles a contract's schemas for Fastify. Bodies are taken as they are: unknown fields and
 * wrong types are errors, never dropped or converted.
 */
export function createRequestValidator() {
  return (part: { schema: unknown; httpPart?: string | undefined }) => {
    const isText = textParts.has(part.httpPart ?? 'body');
    return isText ? withinStore(ofText(part.schema as object)) : ofJson(part.schema as object);
  };
}

/**
 * "1e999" becomes infinite after the type was looked at, and then no limit is: an infinite `limit` got
 * every row. What can't be kept exactly is no number of ours either. And PostgreSQL has no text with
 * the character NUL: a question with one would be an error of ours.
 */
function withinStore(check: Check): Check {
  const checkAll: Check = (value) => {
    checkAll.errors = null;
    if (!check(value)) {
      checkAll.errors = check.errors ?? null;
      return false;
    }
    checkAll.errors = Object.entries(value as object).flatMap(([name, one]) => {
      const message = beyondStore(one);
      if (message === null) return [];
      return [
        { instancePath: `/${name}`, schemaPath: '', keyword: 'maximum', params: {}, message },
      ];
    });
    return checkAll.errors.length === 0;
  };
  return checkAll;
}

function beyondStore(value: unknown): string | null {
  if (typeof value === 'number' && !(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) {
    return `must be a number of at most ${Number.MAX_SAFE_INTEGER}`;
  }
  const hasNul = typeof value === 'string' && value.includes('\0');
  return hasNul ? 'must not have the character NUL' : null;
}

interface Check {
  (value: unknown): boolean;
  errors?: ErrorObject[] | null;
}

/**
 * Checks stop at the first problem; only a small value is checked again for all of them. A body of
 * 2 MB with a million wrong elements cost 1.1 s and 430 MB when each was reported (2026-11-21).
 * Each is compiled when it is first needed: an agent's page may never be opened. And once in a
 * process, however many servers it starts.
 */
function createCompiler(types: { coerceTypes: boolean }): (schema: object) => Check {
  const first = once(() => new Ajv({ ...options, ...types }));
  const every = once(() => new Ajv({ ...options, ...types, allErrors: true }));
  const known = new WeakMap<object, Check>();
  return (schema) => {
    const made = known.get(schema);
    if (made !== undefined) return made;
    const findFirst = once(() => first().compile(schema));
    const findEvery = once(() => every().compile(schema));
    const check: Check = (value) => {
      check.errors = null;
      const checkFirst = findFirst();
      if (checkFirst(value)) return true;
      const { errors } = checkFirst;
      const checkEvery = isSmall(value) ? findEvery() : null;
      check.errors = (checkEvery?.(value) === false ? checkEvery.errors : errors) ?? null;
      return false;
    };
    known.set(schema, check);
    return check;
  };
}

const ofJson = createCompiler({ coerceTypes: false });
const ofText = createCompiler({ coerceTypes: true });

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function isSmall(value: unknown): boolean {
  const open: unknown[] = [value];
  for (let parts = 0; open.length > 0; parts += 1) {
    if (parts + open.length > partsMax) return false;
    const inner = open.pop();
    if (typeof inner !== 'object' || inner === null) continue;
    const children = Object.values(inner);
    if (children.length > partsMax) return false;
    open.push(...children);
  }
  return true;
}

/** One standalone check, for messages that don't come through a route. */
export function createMessageValidator(schema: object): (value: unknown) => FieldProblem[] {
  const check = ofJson(schema);
  return (value) => (check(value) ? [] : toFieldProblems(check.errors ?? []));
}

/** Says of each wrong field where it is and what was expected, in words for a person. */
export function toFieldProblems(errors: readonly ErrorObject[]): FieldProblem[] {
  const problems = new Map<string, FieldProblem>();
  for (const error of errors) {
    const problem = toFieldProblem(error);
    if (problem !== null && !problems.has(problem.pointer)) problems.set(problem.pointer, problem);
  }
  return [...problems.values()].slice(0, problemsMax);
}

function toFieldProblem(error: ErrorObject): FieldProblem | null {
  const at = error.instancePath;
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = String(params['additionalProperty']);
      return unknownField(`${at}/${name}`, name, error.parentSchema);
    }
    case 'required':
      return broken(`${at}/${String(params['missingProperty'])}`, 'required', {});
    case 'enum':
      return broken(at, 'oneOf', { allowed: listOf(params['allowedValues']) });
    case 'const':
      return broken(at, 'const', { allowed: JSON.stringify(params['allowedValue']) });
    case 'discriminator':
      return broken(`${at}/${String(params['tag'])}`, 'oneOf', { allowed: listOf(tagsOf(error)) });
    case 'pattern':
      return patternProblem(error);
    case 'anyOf':
    case 'oneOf':
      return null;
    default:
      return otherProblem(error);
  }
}

function broken(pointer: string, rule: FieldRule, values: FieldValues): FieldProblem {
  return { pointer, detail: sayRule(rule, values), rule, values };
}

/** Rules of a number, a length or a type carry what they ask for under one name each. */
function otherProblem({ instancePath, keyword, message, params }: ErrorObject): FieldProblem {
  const values = Object.fromEntries(
    Object.entries(params as Record<string, unknown>)
      .filter(([name]) => name === 'limit' || name === 'type' || name === 'format')
      .map(([name, value]) => [name, typeof value === 'number' ? value : String(value)]),
  );
  return isFieldRule(keyword) && Object.keys(values).length > 0
    ? broken(instancePath, keyword, values)
    : { pointer: instancePath, detail: message ?? 'is not valid' };
}

function unknownField(pointer: string, name: string, parentSchema: unknown): FieldProblem {
  const known = Object.keys(
    (parentSchema as { properties?: object } | undefined)?.properties ?? {},
  );
  const near = known.find((field) => isNear(field, name));
  if (near !== undefined) return broken(pointer, 'misspelt', { near });
  return known.length === 0
    ? broken(pointer, 'notHere', {})
    : broken(pointer, 'unknown', { known: known.toSorted().join(', ') });
}

/** Same letters in another case or with other separators, or a typo of one letter. */
function isNear(a: string, b: string): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const [left, right] = [plain(a), plain(b)];
  if (left === right) return true;
  if (Math.abs(left.length - right.length) > 1 || left.length < 4) return false;
  let start = 0;
  while (start < left.length && left[start] === right[start]) start += 1;
  let end = 0;
  const shorter = Math.min(left.length, right.length);
  while (end < shorter - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  return Math.max(left.length, right.length) - start - end <= 1;
}

function tagsOf(error: ErrorObject): unknown[] {
  const { tag } = error.params as { tag: string };
  const branches = (error.parentSchema as { oneOf?: { properties?: object }[] }).oneOf ?? [];
  return branches.map(
    (branch) =>
      (branch.properties as Record<string, { const?: unknown }> | undefined)?.[tag]?.const,
  );
}

function patternProblem({ instancePath, params, parentSchema }: ErrorObject): FieldProblem {
  const { pattern } = params as { pattern: string };
  const prefix = idPrefixOf(pattern);
  if (prefix !== null) return broken(instancePath, 'id', { prefix });
  const form = (parentSchema as { description?: string } | undefined)?.description;
  if (form !== undefined) return broken(instancePath, 'form', { form });
  return broken(instancePath, 'pattern', { pattern });
}

function listOf(values: unknown): string {
  if (!Array.isArray(values)) return String(values);
  return values.map((value) => (value === '' ? 'empty' : String(value))).join(', ');
}
