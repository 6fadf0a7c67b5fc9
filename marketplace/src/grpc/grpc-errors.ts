import { Metadata, type StatusObject, status } from '@grpc/grpc-js';
import { MarketError, type Problem, toProblem } from '@node3/shared/error';
import type { ErrorCode } from '@node3/shared/error-codes';
import { knownStates } from '@node3/shared/http/error-handler';
import type { Logger } from '@node3/shared/logger';
import type { Protos } from './load-protos.ts';

/** Codes whose HTTP status says less than gRPC can. */
const byCode: Partial<Record<ErrorCode, status>> = {
  LEASE_STALE: status.ABORTED,
  RESULT_CONFLICT: status.ALREADY_EXISTS,
  IDEMPOTENCY_MISMATCH: status.ALREADY_EXISTS,
  REGISTRATION_TOKEN_INVALID: status.UNAUTHENTICATED,
  STORAGE_FULL: status.RESOURCE_EXHAUSTED,
};

const byStatus: Record<number, status> = {
  400: status.INVALID_ARGUMENT,
  401: status.UNAUTHENTICATED,
  402: status.FAILED_PRECONDITION,
  403: status.PERMISSION_DENIED,
  404: status.NOT_FOUND,
  408: status.DEADLINE_EXCEEDED,
  409: status.FAILED_PRECONDITION,
  410: status.NOT_FOUND,
  412: status.ABORTED,
  413: status.INVALID_ARGUMENT,
  415: status.INVALID_ARGUMENT,
  416: status.OUT_OF_RANGE,
  422: status.INVALID_ARGUMENT,
  429: status.RESOURCE_EXHAUSTED,
  501: status.UNIMPLEMENTED,
  502: status.UNAVAILABLE,
  503: status.UNAVAILABLE,
};

/** The status of gRPC for one of our errors. */
export function statusOf({ code, status: http }: Pick<MarketError, 'code' | 'status'>): status {
  return byCode[code] ?? byStatus[http] ?? status.INTERNAL;
}

/** What our errors are to a client: a status, its details as google.rpc, and the same as plain text. */
export type ErrorStatuses = (thrown: unknown) => StatusObject;

/** Which domain our codes are of, in google.rpc.ErrorInfo. */
const domain = 'node3';

/** What only a call of gRPC can end with, such as UNIMPLEMENTED; the sentence says why. */
export class CallEnd extends Error {
  override readonly name = 'CallEnd';
  readonly status: status;
  constructor(code: status, message: string) {
    super(message);
    this.status = code;
  }
}

/** Our own faults are logged, and told without what they were. */
export function errorStatuses(protos: Pick<Protos, 'encodeRpc'>, log: Logger): ErrorStatuses {
  return (thrown) => {
    if (thrown instanceof CallEnd) {
      return { code: thrown.status, details: thrown.message, metadata: new Metadata() };
    }
    const error = toMarketError(thrown);
    if (error.status >= 500 && !knownStates.includes(error.code)) {
      log.error({ err: thrown }, 'grpc call failed');
    }
    const code = statusOf(error);
    const problem = toProblem(error);
    const metadata = new Metadata();
    // What a person sees who looks at the trailers.
    metadata.set('node3-error-code', problem.code);
    metadata.set('node3-error-fix', plain(problem.fix));
    try {
      metadata.set('grpc-status-details-bin', detailsOf(protos, code, problem));
    } catch (cause) {
      // The call still ends with its status: nothing waits for what would be thrown here.
      log.error({ err: cause }, 'the details of a status could not be written');
    }
    return { code, details: problem.detail, metadata };
  };
}

function toMarketError(thrown: unknown): MarketError {
  if (thrown instanceof MarketError) return thrown;
  const detail = 'Something went wrong on our side.';
  return new MarketError('INTERNAL', { detail }, { cause: thrown });
}

/** Metadata that is text has no other characters. */
function plain(text: string): string {
  return text.replaceAll('’', "'").replaceAll(/[^ -~]/g, '?');
}

function detailsOf(
  { encodeRpc }: Pick<Protos, 'encodeRpc'>,
  code: status,
  { code: reason, detail, fix, retry, errors = [], context = {} }: Problem,
): Buffer {
  const facts = Object.entries(context).map(([name, value]) => [name, String(value)]);
  const { retryAfterSec } = context;
  const info = { reason, domain, metadata: { ...Object.fromEntries(facts), fix, retry } };
  const details = [any('ErrorInfo', encodeRpc('ErrorInfo', info))];
  if (errors.length > 0) {
    const violations = errors.map(({ pointer, detail: description }) => ({
      field: pointer.split('/').slice(1).join('.'),
      description,
    }));
    details.push(any('BadRequest', encodeRpc('BadRequest', { field_violations: violations })));
  }
  if (typeof retryAfterSec === 'number') {
    const delay = { retry_delay: { seconds: retryAfterSec, nanos: 0 } };
    details.push(any('RetryInfo', encodeRpc('RetryInfo', delay)));
  }
  return encodeRpc('Status', { code, message: detail, details });
}

function any(name: string, value: Buffer) {
  return { type_url: `type.googleapis.com/google.rpc.${name}`, value };
}
