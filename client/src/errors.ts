import type { Money } from './money.ts';
import type { ErrorCode } from './types/error-code.ts';
import type { EndedJob } from './types/job.ts';
import type { Alternative, ConstraintCount } from './types/matching.ts';

/** Every error of this package is one; `code` tells them apart, also after bundlers renamed classes. */
export abstract class Node3Error extends Error {
  abstract readonly code: string;
}

/** An option or an argument is wrong; nothing was sent. */
export class OptionError extends Node3Error {
  override readonly name = 'OptionError';
  readonly code = 'OPTION_INVALID';
  /** Such as `url` or `maxCost`. */
  readonly field: string;

  constructor(field: string, reason: string) {
    super(`${field}: ${reason}.`);
    this.field = field;
  }
}

/** No answer came, or only a part of one. The request may have been carried out. */
export class ConnectionError extends Node3Error {
  override readonly name = 'ConnectionError';
  readonly code: 'CONNECTION_FAILED' | 'CONNECTION_TIMEOUT';

  constructor(code: ConnectionError['code'], message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** A job, or all of them, would cost more than you allow; nothing was posted. */
export class BudgetError extends Node3Error {
  override readonly name = 'BudgetError';
  readonly code = 'BUDGET_EXCEEDED';
  /** What it costs at most, fee included. */
  readonly needed: Money;
  /** What is allowed, or left; null where nothing of the asset is. */
  readonly limit: Money | null;
  /** Which limit: `maxCost` of the call, `perJob` or `total` of the client's budget, or x402's `maxPayment`. */
  readonly scope: 'call' | 'perJob' | 'total' | 'payment';

  constructor(scope: BudgetError['scope'], needed: Money, limit: Money | null) {
    const names = {
      call: 'maxCost of this call',
      perJob: 'budget.perJob of this client',
      total: 'what is left of budget.total of this client',
      payment: 'x402.maxPayment of this client',
    };
    const most = limit?.toString() ?? `no ${needed.asset}`;
    super(`This costs up to ${needed.toString()}, and ${names[scope]} is ${most}.`);
    this.scope = scope;
    this.needed = needed;
    this.limit = limit;
  }
}

/** `jobs.run` ended otherwise than well; `job` has everything that is known. */
export class JobFailedError extends Node3Error {
  override readonly name = 'JobFailedError';
  readonly code = 'JOB_FAILED';
  readonly job: EndedJob;

  constructor(job: EndedJob) {
    const exit = job.exitCode === null ? '' : ` with exit code ${job.exitCode}`;
    const why = [job.reasonSentence, job.reasonAction].filter((text) => text !== null).join(' ');
    super(`Job ${job.jobId} ${job.state.replace('_', ' ')}${exit}. ${why}`.trimEnd());
    this.job = job;
  }
}

/** A webhook that is not to be believed. Answer 401. */
export class WebhookError extends Node3Error {
  override readonly name = 'WebhookError';
  readonly code = 'WEBHOOK_INVALID';
  /** `headers`: missing or unreadable. `timestamp`: too old or too new. `signature`: no secret fits. */
  readonly reason: 'headers' | 'timestamp' | 'signature' | 'body';

  constructor(reason: WebhookError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** What came is not what its sha256, its length or its form promised. */
export class ContentError extends Node3Error {
  override readonly name = 'ContentError';
  readonly code = 'CONTENT_INVALID';
}

/** One wrong field of a request. */
export interface FieldProblem {
  /** JSON pointer, such as `/limits/runSec`. */
  pointer: string;
  detail: string;
  /** Where it is another one for each field. */
  fix?: string;
  /** The rule that it breaks, such as `maximum`, and what that asks for: to say it in another language. */
  rule?: string;
  values?: Record<string, string | number>;
}

/** Why no agent could run a job: JOB_UNSATISFIABLE. */
export interface MatchProblem {
  /** What excludes most agents. */
  constraint: string;
  /** What excludes most comes first. */
  constraints: ConstraintCount[];
  /** Nearest single changes, most agents first. */
  alternatives: Alternative[];
}

/** What is missing: FUNDS_INSUFFICIENT, CAP_EXCEEDED. Parts that the answer leaves out are null. */
export interface PaymentProblem {
  needed: Money | null;
  available: Money | null;
  missing: Money | null;
  /** Which cap of the marketplace, such as `key.perDay`. */
  cap: string | null;
  limit: Money | null;
  /** When a cap by the day begins anew, RFC 3339. */
  freesAt: string | null;
}

/** An answer that says no. `code` is one of {@link ErrorCode}, or a newer one. */
export class ApiError extends Node3Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode | (string & {});
  /** Of HTTP. */
  readonly status: number;
  readonly title: string;
  /** What the caller can do about it, one sentence. */
  readonly fix: string;
  /** When the same request may be sent again. */
  readonly retry: 'never' | 'later' | 'now';
  /** Seconds, where the answer says so. */
  readonly retryAfterSec: number | null;
  /** Give it to the operator. */
  readonly requestId: string | null;
  /** The first wrong field as a JSON pointer, such as `/limits/runSec`. */
  readonly field: string | null;
  readonly fields: FieldProblem[];
  readonly match: MatchProblem | null;
  readonly payment: PaymentProblem | null;
  /** All facts of this case; their shape depends on the code. */
  readonly context: Record<string, unknown>;

  constructor(facts: ApiErrorFacts) {
    super(facts.message);
    this.code = facts.code;
    this.status = facts.status;
    this.title = facts.title;
    this.fix = facts.fix;
    this.retry = facts.retry;
    this.retryAfterSec = facts.retryAfterSec;
    this.requestId = facts.requestId;
    this.fields = facts.fields;
    this.field = facts.fields[0]?.pointer ?? null;
    this.match = facts.match;
    this.payment = facts.payment;
    this.context = facts.context;
  }
}

/** What an `ApiError` is made of. */
export interface ApiErrorFacts
  extends Pick<
    ApiError,
    | 'code'
    | 'status'
    | 'title'
    | 'fix'
    | 'retry'
    | 'retryAfterSec'
    | 'requestId'
    | 'fields'
    | 'match'
    | 'payment'
    | 'context'
    | 'message'
  > {}

/** Whether an error is an answer of the marketplace, and of this code where one is given. */
export function isApiError<Code extends ErrorCode>(
  error: unknown,
  code?: Code,
): error is ApiError & { code: Code } {
  return error instanceof ApiError && (code === undefined || error.code === code);
}
