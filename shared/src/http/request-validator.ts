import { Ajv, type ErrorObject } from 'ajv';
import type { FieldProblem } from '../error.ts';

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
  const body = createCompiler({ coerceTypes: false });
  const text = createCompiler({ coerceTypes: true });
  return (part: { schema: unknown; httpPart?: string | undefined }) => {
    const isText = textParts.has(part.httpPart ?? 'body');
    return isText ? withinStore(text(part.schema as object)) : body(part.schema as object);
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
 * Each is compiled when it is first needed: an agent's page may never be opened.
 */
function createCompiler(types: { coerceTypes: boolean }): (schema: object) => Check {
  const first = once(() => new Ajv({ ...options, ...types }));
  const every = once(() => new Ajv({ ...options, ...types, allErrors: true }));
  return (schema) => {
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
    return check;
  };
}

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
  const check = createCompiler({ coerceTypes: false })(schema);
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
      return { pointer: `${at}/${name}`, detail: unknownField(name, error.parentSchema) };
    }
    case 'required':
      return { pointer: `${at}/${String(params['missingProperty'])}`, detail: 'is required' };
    case 'enum':
      return { pointer: at, detail: `must be one of ${listOf(params['allowedValues'])}` };
    case 'const':
      return { pointer: at, detail: `must be ${JSON.stringify(params['allowedValue'])}` };
    case 'discriminator':
      return { pointer: `${at}/${String(params['tag'])}`, detail: tagDetail(error) };
    case 'pattern':
      return { pointer: at, detail: patternDetail(error) };
    case 'anyOf':
    case 'oneOf':
      return null;
    default:
      return { pointer: at, detail: error.message ?? 'is not valid' };
  }
}

function unknownField(name: string, parentSchema: unknown): string {
  const known = Object.keys(
    (parentSchema as { properties?: object } | undefined)?.properties ?? {},
  );
  const near = known.find((field) => isNear(field, name));
  if (near !== undefined) return `is not a known field; did you mean "${near}"?`;
  return known.length === 0
    ? 'is not allowed here'
    : `is not a known field; known are ${known.toSorted().join(', ')}`;
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

function tagDetail(error: ErrorObject): string {
  const { tag } = error.params as { tag: string };
  const branches = (error.parentSchema as { oneOf?: { properties?: object }[] }).oneOf ?? [];
  const values = branches.map(
    (branch) =>
      (branch.properties as Record<string, { const?: unknown }> | undefined)?.[tag]?.const,
  );
  return `must be one of ${listOf(values)}`;
}

function patternDetail(error: ErrorObject): string {
  const description = (error.parentSchema as { description?: string } | undefined)?.description;
  if (description !== undefined) return `must be: ${description}`;
  return `must match ${(error.params as { pattern: string }).pattern}`;
}

function listOf(values: unknown): string {
  if (!Array.isArray(values)) return String(values);
  return values.map((value) => (value === '' ? 'empty' : String(value))).join(', ');
}
