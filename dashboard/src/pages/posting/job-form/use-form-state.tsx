import { type FieldProblem, MarketError } from '@node3/shared/error';
import type { Account } from '@node3/shared/routes/accounts';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FieldWords } from '../../../parts/error-words.tsx';
import { advancedFields, fieldOfPointer, type PointedField } from '../draft/draft-fields.ts';
import { draftToSpec } from '../draft/draft-to-spec.ts';
import type { JobDraft } from '../draft/job-draft.ts';
import type { JobStart } from '../draft/job-start.ts';
import type { FormMode, JobForm } from './job-form-context.ts';

interface FormStateProps {
  account: Account;
  start: JobStart;
  draft: JobDraft;
  change: (part: Partial<JobDraft>) => void;
  /** Why it was not posted. */
  error: Error | null;
  /** How often it was tried with something wrong: from the first time on it is said. */
  tries: number;
}

/** The form as its parts see it. Local problems are shown after the first try to post. */
export function useFormState(props: FormStateProps): JobForm {
  const { account, start, draft, change, error, tries } = props;
  const { t } = useTranslation();
  const [mode, setMode] = useState<FormMode>('simple');
  const { spec, problems } = useMemo(() => draftToSpec(draft), [draft]);
  const errors = new Map<PointedField, ReactNode>();
  for (const problem of serverProblems(error)) {
    const field = fieldOfPointer(problem.pointer);
    if (field !== null && !errors.has(field)) errors.set(field, <FieldWords problem={problem} />);
  }
  if (tries > 0) {
    for (const [pointer, problem] of problems.found) {
      const field = fieldOfPointer(pointer);
      if (field !== null) errors.set(field, t(`problem.${problem}`));
    }
  }
  const isHidden = [...errors.keys()].some((field) => advancedFields.includes(field));
  useEffect(() => {
    if (tries === 0) return;
    const wrong = document.querySelector<HTMLElement>('form [aria-invalid="true"]');
    wrong?.focus();
  }, [tries]);
  return {
    account,
    start,
    draft,
    change,
    spec,
    valid: problems.found.size === 0,
    errorOf: (field) => errors.get(field) ?? null,
    // A problem of a field that is not there could not be mended.
    mode: isHidden ? 'advanced' : mode,
    setMode,
  };
}

function serverProblems(error: Error | null): FieldProblem[] {
  if (!(error instanceof MarketError)) return [];
  if (error.code === 'AMOUNT_INVALID') return [{ pointer: '/price/reward', detail: error.message }];
  return error.context.errors ?? [];
}
