import { ApiError, BudgetError, ConnectionError, OptionError } from '@node3/client';
import { describeFailure } from '../output/problem.ts';

/** Why a tool did not do what it was asked, and what may help. Parts that don't apply are left out. */
export interface Refusal {
  code: string;
  message: string;
  fix: string;
  [fact: string]: unknown;
}

/** A job that may have been posted; the same key finds out. */
export class PostError extends Error {
  override readonly name = 'PostError';
  readonly idempotencyKey: string;

  constructor(cause: unknown, idempotencyKey: string) {
    super('The job was not posted, as far as is known.', { cause });
    this.idempotencyKey = idempotencyKey;
  }
}

/** Any error as a refusal. `command` is how this program is called. */
export function describeRefusal(error: unknown, command: string): Refusal {
  if (error instanceof PostError) {
    const { cause, idempotencyKey } = error;
    return { ...describeRefusal(cause, command), idempotencyKey };
  }
  if (error instanceof ApiError) {
    const { code, message, fix, retry, retryAfterSec, fields, match, payment, requestId } = error;
    const facts = { retry, retryAfterSec, match, payment, requestId };
    const known = Object.entries(facts).filter(([, fact]) => fact !== null);
    const wrong = fields.length === 0 ? {} : { fields };
    return { code, message, fix, ...wrong, ...Object.fromEntries(known) };
  }
  if (error instanceof BudgetError) {
    const { code, message, needed, limit, scope } = error;
    const fix =
      'Offer less, or ask the person who started this server: only they can give it a higher ' +
      '--max-spend or --max-per-job.';
    return { code, message, fix, scope, needed, limit };
  }
  if (error instanceof ConnectionError) {
    const fix =
      'The marketplace did not answer, and may have done what was asked. Look with list_jobs; where ' +
      'an idempotencyKey stands beside this, call run_job again with it.';
    return { code: error.code, message: error.message, fix };
  }
  if (error instanceof OptionError) {
    const { code, message, field } = error;
    return { code, message, fix: `Correct ${field}.`, field };
  }
  const { problem } = describeFailure(error, command);
  return { code: problem.code, message: problem.detail, fix: problem.fix };
}
