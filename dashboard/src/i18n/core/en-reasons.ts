import { type Reason, reasons } from '@node3/shared/job-state';

type Part = 'sentence' | 'action';

/** The English texts of the reasons are the contract's own; the other languages translate them. */
export type ReasonTexts = Record<`reason.${Reason}.${Part}`, string>;

export const enReasons = Object.fromEntries(
  Object.entries(reasons).flatMap(([name, { sentence, action }]) => [
    [`reason.${name}.sentence`, sentence],
    [`reason.${name}.action`, action],
  ]),
) as ReasonTexts;
