import type { Account } from '@node3/shared/routes/accounts';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { useState } from 'react';
import { draftToSpec } from '../draft/draft-to-spec.ts';
import type { JobStart } from '../draft/job-start.ts';
import type { RunHow } from './job-form-context.ts';
import { useDraft } from './use-draft.ts';
import { useFormState } from './use-form-state.tsx';
import { useLiveQuote } from './use-live-quote.ts';
import { useSubmit } from './use-submit.ts';

interface RunFormProps {
  /** Under which the draft is kept in this browser. */
  name: string;
  account: Account;
  start: JobStart;
  onPosted: (job: JobDetail, how: RunHow) => void;
}

/** All that both pages with the form have: the draft, its price, and how it is posted. */
export function useRunForm({ name, account, start, onPosted }: RunFormProps) {
  const { draft, change, restored, startOver, forget } = useDraft(name, start);
  const [tries, setTries] = useState(0);
  const { spec, problems } = draftToSpec(draft);
  const submit = useSubmit({
    start,
    spec,
    valid: problems.found.size === 0,
    onInvalid: () => setTries((before) => before + 1),
    onPosted,
  });
  const form = useFormState({
    account,
    start,
    draft,
    change(part) {
      change(part);
      if (!submit.pending) submit.reset();
    },
    error: submit.submission?.error ?? null,
    tries,
  });
  const live = useLiveQuote(spec, form.valid);
  return { form, live, submit, restored, startOver, forget };
}
