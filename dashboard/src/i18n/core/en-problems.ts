import { type ErrorCode, errorCodes } from '@node3/shared/error-codes';

export type ProblemTexts = Record<`error.${ErrorCode}.${'title' | 'fix'}`, string>;

/** Title and fix by code; a code that has none here does not compile. */
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

/** The English texts are the contract's own; the other languages translate them by code. */
export const enProblems = Object.fromEntries(
  Object.entries(errorCodes).flatMap(([code, { title, fix }]) => [
    [`error.${code}.title`, title],
    [`error.${code}.fix`, fix],
  ]),
) as ProblemTexts;
