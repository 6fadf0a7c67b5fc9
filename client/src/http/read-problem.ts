import { ApiError, type FieldProblem, type MatchProblem, type PaymentProblem } from '../errors.ts';
import { type Asset, Money, withMoney } from '../money.ts';

type Facts = Record<string, unknown>;

/** The error that an answer is. A body that is no problem, such as a proxy's page, gets words of ours. */
export async function readProblem(response: Response): Promise<ApiError> {
  const body = await response.json().catch(() => null);
  return toApiError(isFacts(body) ? body : {}, response.status, response.headers);
}

/** @param headers of the answer, for what the problem itself leaves out. */
export function toApiError(problem: Facts, status: number, headers = new Headers()): ApiError {
  const context = isFacts(problem['context']) ? problem['context'] : {};
  const code = text(problem['code']) ?? 'INTERNAL';
  return new ApiError({
    message: text(problem['detail']) ?? `The server answered ${status} without a reason.`,
    code,
    status,
    title: text(problem['title']) ?? `HTTP ${status}`,
    fix: text(problem['fix']) ?? 'Try again; if it goes on, ask the operator.',
    retry: retryOf(problem['retry'], status),
    retryAfterSec: secondsOf(headers.get('retry-after')) ?? number(context['retryAfterSec']),
    requestId: text(problem['requestId']) ?? headers.get('x-request-id'),
    fields: Array.isArray(problem['errors']) ? (problem['errors'] as FieldProblem[]) : [],
    match: matchOf(context),
    payment: paymentOf(context),
    context,
  });
}

function retryOf(given: unknown, status: number): ApiError['retry'] {
  if (given === 'never' || given === 'later' || given === 'now') return given;
  return status >= 500 || status === 429 || status === 408 ? 'later' : 'never';
}

/** Seconds, or a date of HTTP. */
function secondsOf(header: string | null): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header);
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? null : Math.max(0, Math.ceil((atMs - Date.now()) / 1_000));
}

function matchOf(context: Facts): MatchProblem | null {
  const { constraint, constraints, alternatives } = context;
  if (typeof constraint !== 'string' || !Array.isArray(constraints)) return null;
  return withMoney({ constraint, constraints, alternatives }) as MatchProblem;
}

function paymentOf(context: Facts): PaymentProblem | null {
  const { asset } = context;
  if (asset !== 'SOL' && asset !== 'USDC') return null;
  const money = (value: unknown) => moneyOf(value, asset);
  return {
    needed: money(context['needed']),
    available: money(context['balance']),
    missing: money(context['missing']),
    cap: text(context['cap']),
    limit: money(context['limit']),
    freesAt: text(context['freesAt']),
  };
}

function moneyOf(value: unknown, asset: Asset): Money | null {
  return typeof value === 'string' ? Money.parse(value, asset) : null;
}

function isFacts(value: unknown): value is Facts {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
