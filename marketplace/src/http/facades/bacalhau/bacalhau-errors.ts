import { MarketError, toProblem } from '@node3/shared/error';
import type { ErrorCode } from '@node3/shared/error-codes';
import { knownStates, toMarketError } from '@node3/shared/http/error-handler';
import type { FastifyInstance } from 'fastify';

/** Body of every error answer, as Bacalhau's clients read it; our own code is in its details. */
export interface BacalhauError {
  Status: number;
  Message: string;
  RequestID: string;
  Code: string;
  Component: 'node3';
  Hint: string;
  Details: Record<string, string>;
}

/** Bacalhau takes ten times as much; whoever comes from there should hear that it is less here. */
const bodyHint =
  'Bacalhau takes bodies of 10 MB, this marketplace less. Give large inputs as urlDownload or upload them.';

/** Answers every error of these routes in Bacalhau's form. */
export function setBacalhauErrorHandler(app: FastifyInstance): void {
  app.setErrorHandler((thrown: unknown, request, reply) => {
    const error = toMarketError(thrown, request.routeOptions.bodyLimit);
    const failed = error.status >= 500 && !knownStates.includes(error.code);
    if (failed) request.log.error({ err: thrown }, 'request failed');
    const { retryAfterSec } = error.context;
    if (typeof retryAfterSec === 'number') void reply.header('retry-after', retryAfterSec);
    const body = toBacalhauError(error, request.id);
    return reply.status(body.Status).type('application/json').send(body);
  });
}

export function toBacalhauError(error: MarketError, requestId: string): BacalhauError {
  const { code, detail, fix, errors, context } = toProblem(error, requestId);
  const { hint } = error.context;
  const fixes = errors?.flatMap((one) => one.fix ?? []).join(' ');
  const usual = code === 'REQUEST_TOO_LARGE' ? bodyHint : fixes || fix;
  const listed = errors?.map(({ pointer, detail: text }) => `${pointer} ${text}`).join('; ');
  const facts = Object.entries(context ?? {}).filter(([name]) => name !== 'hint');
  return {
    Status: statusOf(error),
    Message: listed ?? detail,
    RequestID: requestId,
    Code: codeOf(error),
    Component: 'node3',
    Hint: typeof hint === 'string' ? hint : usual,
    Details: {
      code,
      ...Object.fromEntries(facts.map(([name, value]) => [name, toText(value)])),
      fix,
    },
  };
}

/** Details are texts there. */
function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const codes: Partial<Record<ErrorCode, string>> = {
  IMPORT_REFUSED: 'ValidationError',
  REQUEST_INVALID: 'ValidationError',
  REQUEST_MALFORMED: 'BadRequest',
  FUNDS_INSUFFICIENT: 'ResourceExhausted',
  SERVICE_MISCONFIGURED: 'ConfigurationError',
  STORE_UNAVAILABLE: 'DatastoreFailure',
  STORAGE_FULL: 'ResourceExhausted',
};

const codesOfStatus: Record<number, string> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  408: 'TimeOut',
  409: 'ResourceInUse',
  412: 'VersionMismatch',
  429: 'TooManyRequests',
  501: 'NotImplemented',
  503: 'ServiceUnavailable',
};

function codeOf({ code, status }: MarketError): string {
  const usual = status < 500 ? 'BadRequest' : 'InternalError';
  return codes[code] ?? codesOfStatus[status] ?? usual;
}

/** Bacalhau answers 400 to what is not valid. */
function statusOf({ status }: MarketError): number {
  return status === 422 ? 400 : status;
}

/** A refusal with advice of its own. */
export function refusal(code: ErrorCode, detail: string, hint: string): MarketError {
  return new MarketError(code, { detail, hint });
}
