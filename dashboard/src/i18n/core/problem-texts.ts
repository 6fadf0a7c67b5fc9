import type { ErrorCode } from '@node3/shared/error-codes';
import type { ProblemTexts } from './en-problems.ts';

/**
 * In a file of its own: a language that imports the first file of the app would wait for it for ever.
 * Title and fix by code; a code that has none here does not compile.
 */
export function problemTexts(
  table: Record<ErrorCode, readonly [title: string, fix: string]>,
): ProblemTexts {
  return Object.fromEntries(
    Object.entries(table).flatMap(([code, [title, fix]]) => [
      [`error.${code}.title`, title],
      [`error.${code}.fix`, fix],
    ]),
  ) as ProblemTexts;
}
