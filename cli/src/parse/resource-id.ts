import { type IdKind, idKinds, idPattern } from '@node3/shared/ids';
import { usageError } from '../command-error.ts';

/** An id of one kind, checked before anything is asked of the marketplace. */
export function requireId(kind: IdKind, text: string | undefined, list: string): string {
  if (text !== undefined && new RegExp(idPattern(kind)).test(text)) return text;
  const name = text === undefined ? 'nothing' : `"${text}"`;
  throw usageError(
    `${name} is no ${kind} id.`,
    `It starts with ${idKinds[kind]}_; find it with: ${list}`,
  );
}
