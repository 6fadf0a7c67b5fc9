import { type ErrorCode, errorCodes, type Retry } from './error-codes.ts';
import type { FieldRule, FieldValues } from './field-rules.ts';

/** One wrong field of a request. `pointer` is a JSON pointer such as `/limits/runSec`. */
export interface FieldProblem {
  pointer: string;
  detail: string;
  /** Where it is another one for each field. */
  fix?: string;
  /** The rule that it breaks, with its values: for whoever says `detail` in another language. */
  rule?: FieldRule;
  values?: FieldValues;
}

/** What only some problems have; null and undefined are unknown. */
export interface ProblemParts {
  /** The word of OAuth (RFC 6749, RFC 8628) for it. */
  error?: string;
  /** Why no agent can run it: the constraint that excludes most, all of them, and what would help. */
  match?: { constraint: unknown; constraints: unknown; alternatives: unknown };
  /** What is missing, decimal strings of the asset; `mint` is null for SOL. `wallet` takes deposits. */
  payment?: {
    asset: unknown;
    required: unknown;
    available: unknown;
    missing: unknown;
    mint: string | null;
    wallet: string;
    topUp: string;
  };
}

/** RFC 9457 body of every error answer. */
export interface Problem extends ProblemParts {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  fix: string;
  retry: Retry;
  requestId?: string;
  errors?: FieldProblem[];
  /** Facts of this case, such as the missing amount; shape depends on the code. */
  context?: Record<string, unknown>;
}

export type ErrorContext = Record<string, unknown> & { detail?: string; errors?: FieldProblem[] };

/** An operating error: the caller, the network or the state is wrong, not the program. */
export class MarketError extends Error {
  override readonly name = 'MarketError';
  readonly code: ErrorCode;
  readonly context: ErrorContext;

  constructor(code: ErrorCode, context: ErrorContext = {}, options?: ErrorOptions) {
    super(describe(code, context), options);
    this.code = code;
    this.context = context;
  }

  get status(): number {
    return errorCodes[this.code].status;
  }
}

function describe(code: ErrorCode, context: ErrorContext): string {
  if (context.detail !== undefined) return context.detail;
  if (context.errors?.length) {
    return context.errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ');
  }
  const facts = Object.entries(context).filter(([key]) => key !== 'errors');
  const { title } = errorCodes[code];
  if (facts.length === 0) return title;
  return `${title} (${facts.map(([key, value]) => `${key}: ${String(value)}`).join(', ')})`;
}

export function isMarketError(error: unknown, code?: ErrorCode): error is MarketError {
  return error instanceof MarketError && (code === undefined || error.code === code);
}

export function toProblem(error: MarketError, requestId?: string): Problem {
  const definition = errorCodes[error.code];
  const { detail, errors, ...facts } = error.context;
  return {
    type: `/problems/${error.code.toLowerCase().replaceAll('_', '-')}`,
    title: definition.title,
    status: definition.status,
    code: error.code,
    detail: detail ?? error.message,
    fix: definition.fix,
    retry: definition.retry,
    ...(requestId === undefined ? {} : { requestId }),
    ...(errors === undefined ? {} : { errors }),
    ...(Object.keys(facts).length === 0 ? {} : { context: facts }),
  };
}

/** What no status here says for good, such as an unknown 409, may pass: INTERNAL is tried again. */
const codesOfStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'REQUEST_INVALID',
  401: 'AUTH_INVALID',
  403: 'AUTH_FORBIDDEN',
  404: 'ROUTE_NOT_FOUND',
  410: 'REQUEST_INVALID',
  413: 'REQUEST_TOO_LARGE',
  415: 'REQUEST_INVALID',
  422: 'REQUEST_INVALID',
  429: 'RATE_LIMITED',
};

/** A newer service has codes of its own: what its status says is known. */
function knownCode(code: string, status: number): ErrorCode {
  if (Object.hasOwn(errorCodes, code)) return code as ErrorCode;
  return codesOfStatus[status] ?? 'INTERNAL';
}

/**
 * Rebuilds the error on the client's side. A body that isn't a problem becomes INTERNAL, and a code
 * that isn't known the general one of its status.
 */
export function fromProblem(status: number, body: unknown): MarketError {
  if (typeof body === 'object' && body !== null && 'code' in body) {
    const problem = body as Partial<Problem>;
    if (typeof problem.code === 'string') {
      const { detail, errors, context, requestId } = problem;
      return new MarketError(knownCode(problem.code, status), {
        ...context,
        ...(detail === undefined ? {} : { detail }),
        ...(errors === undefined ? {} : { errors }),
        ...(requestId === undefined ? {} : { requestId }),
      });
    }
  }
  return new MarketError('INTERNAL', { detail: `The server answered ${status} without a reason.` });
}
