import type { JobSpecInput } from '@node3/shared/job-spec';
import type { Account } from '@node3/shared/routes/accounts';
import { createContext, type ReactNode, use } from 'react';
import type { DraftField, PointedField } from '../draft/draft-fields.ts';
import type { JobDraft } from '../draft/job-draft.ts';
import type { JobStart } from '../draft/job-start.ts';

export type FormMode = 'simple' | 'advanced';
/** `sync` waits here and shows what the job writes; `async` goes on at once. */
export type RunHow = 'sync' | 'async';

/** What every part of the form works with. */
export interface JobForm {
  account: Account;
  start: JobStart;
  draft: JobDraft;
  change: (part: Partial<JobDraft>) => void;
  /** What would be posted; not all of it while `valid` is false. */
  spec: JobSpecInput;
  valid: boolean;
  /** What is wrong with a field, in words; null while nothing is, or nothing was said yet. */
  errorOf: (field: PointedField) => ReactNode;
  mode: FormMode;
  setMode: (mode: FormMode) => void;
}

export const JobFormContext = createContext<JobForm | null>(null);

export function useJobForm(): JobForm {
  const form = use(JobFormContext);
  if (form === null) throw new Error('useJobForm needs a JobFormProvider above it');
  return form;
}

/** The fields of the draft that hold a text. */
export type TextDraftField = {
  [Field in DraftField]: JobDraft[Field] extends string ? Field : never;
}[DraftField];
