import { type ErrorCode, errorCodes } from '@node3/shared/error-codes';

export type ProblemTexts = Record<`error.${ErrorCode}.${'title' | 'fix'}`, string>;

/** The English texts are the contract's own; the other languages translate them by code. */
export const enProblems = Object.fromEntries(
  Object.entries(errorCodes).flatMap(([code, { title, fix }]) => [
    [`error.${code}.title`, title],
    [`error.${code}.fix`, fix],
  ]),
) as ProblemTexts;
