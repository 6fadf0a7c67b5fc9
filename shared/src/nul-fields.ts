import { type FieldProblem, isMarketError, MarketError } from './error.ts';
import { pointerTo } from './import/foreign-object.ts';

const detail = 'must not have the character NUL, which can not be stored';
/** So many are named. */
const fieldsMax = 10;
/** Deeper ones are not looked for. */
const depthMax = 64;

/** A store has refused a text for a NUL in it, and does not know whose field that was. */
export function nulRefused(cause: unknown): MarketError {
  const text = 'A text has the character NUL, which can not be stored; leave it out.';
  return new MarketError('REQUEST_INVALID', { detail: text }, { cause: new NulRefusal(cause) });
}

class NulRefusal extends Error {
  override readonly name = 'NulRefusal';
  constructor(cause: unknown) {
    super('the store refused the character NUL', { cause });
  }
}

/** The same error with the fields that have one; every other error, and one of no field, as it is. */
export function withNulFields(error: unknown, message: unknown): unknown {
  if (!isMarketError(error) || !(error.cause instanceof NulRefusal)) return error;
  const errors: FieldProblem[] = [];
  collect(message, '', errors, 0);
  return errors.length === 0 ? error : new MarketError(error.code, { errors }, { cause: error });
}

function collect(value: unknown, pointer: string, found: FieldProblem[], depth: number): void {
  if (depth > depthMax) return;
  if (typeof value === 'string' && value.includes('\0')) found.push({ pointer, detail });
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  for (const [key, part] of Object.entries(value)) {
    if (found.length >= fieldsMax) return;
    // A name with NUL is told as what it is the name in.
    if (key.includes('\0')) found.push({ pointer, detail: `has a name that ${detail}` });
    else collect(part, pointerTo(pointer, key), found, depth + 1);
  }
}
