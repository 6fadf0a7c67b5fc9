import type { Client } from '@node3/shared/client';
import { isMarketError, MarketError } from '@node3/shared/error';
import { systemIds } from '@node3/shared/ids';
import type { JobSpecInput } from '@node3/shared/job-spec';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { createQuote, type Quote } from '@node3/shared/routes/quotes';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useApp } from '../../../app-context.tsx';
import { IdempotencyKeys } from '../../../idempotency-keys.ts';
import { jobKey } from '../../../queries/jobs.ts';
import { quoteQuery, quoteSlackMs } from '../../../queries/posting.ts';
import { type JobStart, postJob, postRequest } from '../draft/job-start.ts';
import type { RunHow } from './job-form-context.ts';

export const submitSteps = ['validate', 'quote', 'pay'] as const;
export type SubmitStep = (typeof submitSteps)[number];

export interface Submission {
  how: RunHow;
  /** The step that is under way, or the one that failed. */
  step: SubmitStep;
  error: Error | null;
}

interface SubmitProps {
  start: JobStart;
  spec: JobSpecInput;
  valid: boolean;
  onInvalid: () => void;
  onPosted: (job: JobDetail, how: RunHow) => void;
}

/** Posts in three steps: the draft is checked, its price is made firm, and it is paid. */
export function useSubmit({ start, spec, valid, onInvalid, onPosted }: SubmitProps) {
  const { client } = useApp();
  const queryClient = useQueryClient();
  const firmQuote = useFirmQuote(client);
  const [submission, setSubmission] = useState<Submission | null>(null);
  const underWay = useRef(false);
  const [keys] = useState(() => new IdempotencyKeys(() => systemIds.secret(18)));

  async function pay(how: RunHow) {
    let step: SubmitStep = 'quote';
    try {
      setSubmission({ how, step, error: null });
      const quote = await firmQuote(spec);
      step = 'pay';
      setSubmission({ how, step, error: null });
      const idempotencyKey = keys.keyFor(postRequest(start, spec));
      const options = { idempotencyKey, quoteId: quote.quoteId };
      const job = await postJob(client, start, spec, options);
      keys.forget();
      setSubmission(null);
      queryClient.setQueryData(jobKey(job.jobId), job);
      void queryClient.invalidateQueries({ queryKey: ['own'] });
      onPosted(job, how);
    } catch (error) {
      if (isMarketError(error, 'IDEMPOTENCY_MISMATCH')) keys.forget();
      setSubmission({ how, step, error: toError(error) });
    }
  }

  async function submit(how: RunHow) {
    if (underWay.current) return;
    underWay.current = true;
    try {
      if (valid) await pay(how);
      else {
        setSubmission({ how, step: 'validate', error: null });
        onInvalid();
      }
    } finally {
      underWay.current = false;
    }
  }

  return {
    submission,
    pending: submission !== null && submission.error === null && submission.step !== 'validate',
    submit: (how: RunHow) => void submit(how),
    reset: () => setSubmission(null),
  };
}

/** The quote that is shown, while it holds for this spec; otherwise a new one. */
function useFirmQuote(client: Client) {
  const app = useApp();
  const queryClient = useQueryClient();
  return async (spec: JobSpecInput): Promise<Quote> => {
    const key = quoteQuery(app, spec).queryKey;
    const shown = queryClient.getQueryData(key);
    if (shown !== undefined && Date.parse(shown.expiresAt) - Date.now() > quoteSlackMs) {
      // It is used up: posting the same again wants another one.
      queryClient.removeQueries({ queryKey: key, exact: true });
      return shown;
    }
    return client.call(createQuote, { body: spec });
  };
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new MarketError('INTERNAL', { detail: String(error) });
}
