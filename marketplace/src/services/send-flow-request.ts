import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { FetchAllowance } from '@node3/shared/fetch/fetch-rules';
import { type SafeResponse, safeFetch } from '@node3/shared/fetch/safe-fetch';
import type { FlowNode } from '@node3/shared/flow-graph';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import { secretMask } from '@node3/shared/secret-mask';
import { textOf, withoutTexts } from '../domain/flow-values.ts';
import { invalid } from './check-template.ts';
import {
  checkDepth,
  filled,
  filledWithSecrets,
  type NoteInput,
  type StepWork,
} from './flow-step-work.ts';

export interface FlowRequestDeps {
  clock: Clock;
  log: Logger;
  /** Where requests may lead beyond the public internet: whoever sends one reads the answer. */
  flowAllow: FetchAllowance;
}

type RequestNode = Extract<FlowNode, { type: 'http' | 'llm' }>;

/** Headers that are secret whatever stands in them. */
const secretHeaders = /^(authorization|cookie|proxy-authorization|x-api-key)$/i;
const notInHeaders = /[^\t\x20-\x7e\x80-\xff]/;
/** What an error shows of the answer. */
const shownBodyChars = 1_000;

/**
 * Sends the request of a step and reads the answer. One that was under way when the marketplace
 * stopped is sent again only where that does no harm. Throws NODE_TIMEOUT, STEP_INTERRUPTED,
 * STEP_REQUEST_FAILED, URL_FORBIDDEN and URL_UNREACHABLE.
 */
export async function sendFlowRequest(
  deps: FlowRequestDeps,
  work: StepWork,
  { id, type, config }: RequestNode,
  note: NoteInput,
): Promise<unknown> {
  const { method = 'GET', headers = {} } = config;
  const url = textOf(filled(work, config.url));
  const body = config.body === undefined ? undefined : filled(work, config.body);
  const masked = filledWithSecrets(work, headers, 'masked') as Record<string, unknown>;
  note({ method, url, headers: shownHeaders(masked), ...(body !== undefined && { body }) });
  const mayRepeat = method !== 'POST' || config.idempotent === true;
  if (work.resumed && !mayRepeat) throw new MarketError('STEP_INTERRUPTED', { method });
  const usualSec = type === 'llm' ? limits.flowLlmSec : limits.flowHttpSec;
  return within(deps, work, config.timeoutSeconds ?? usualSec, async (signal) => {
    const real = filledWithSecrets(work, headers, 'shown') as Record<string, unknown>;
    const response = await safeFetch(url, {
      method,
      headers: {
        'idempotency-key': `${work.run.runId}/${id}`,
        ...(body !== undefined && { 'content-type': contentTypeOf(body) }),
        ...readHeaders(real),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      maxBytes: limits.flowHttpBodyBytes,
      // The clock of the step says more than these would.
      timeouts: { connectMs: longMs, headersMs: longMs, totalMs: longMs, windowMs: longMs },
      allow: deps.flowAllow,
      caller: work.run.accountId,
      signal,
    });
    const output = await readOutput(response);
    if (response.status < 400 || config.allowErrorStatus === true) return output;
    throw requestFailed(output, work.secrets);
  });
}

const longMs = limits.flowLlmSec * 10_000;

/** Aborts the request after the time of its step, or when the run is over. */
async function within<T>(
  { clock }: FlowRequestDeps,
  { signal }: StepWork,
  timeoutSec: number,
  send: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const startMs = clock.monotonicMs();
  const timer = setTimeout(() => {
    const elapsedSec = Math.round(clock.monotonicMs() - startMs) / 1_000;
    const detail = `The step took longer than ${timeoutSec} s.`;
    late.abort(new MarketError('NODE_TIMEOUT', { detail, timeoutSec, elapsedSec }));
  }, timeoutSec * 1_000);
  try {
    return await send(AbortSignal.any([signal, late.signal]));
  } catch (error) {
    throw late.signal.aborted ? late.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

function requestFailed(
  { status, body }: Awaited<ReturnType<typeof readOutput>>,
  secrets: StepWork['secrets'],
): MarketError {
  checkDepth(body);
  const masked = withoutTexts(body, Object.values(secrets), secretMask);
  const detail = `The server answered ${status}.`;
  const context = { detail, status, body: textOf(masked).slice(0, shownBodyChars) };
  return new MarketError('STEP_REQUEST_FAILED', context);
}

async function readOutput(response: SafeResponse) {
  const text = (await response.bytes()).toString('utf8');
  return {
    status: response.status,
    contentType: response.headers['content-type'] ?? null,
    body: readBody(text),
  };
}

function readBody(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function contentTypeOf(body: unknown): string {
  return typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
}

/** What the values became is known only now. Throws REQUEST_INVALID. */
function readHeaders(headers: Record<string, unknown>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => {
    const text = textOf(value);
    if (!notInHeaders.test(text)) return [name.toLowerCase(), text] as const;
    const detail = 'became a text with line breaks or other characters that no header may have';
    throw invalid([{ pointer: `/config/headers/${name}`, detail }]);
  });
  return Object.fromEntries(entries);
}

function shownHeaders(headers: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      secretHeaders.test(name) ? secretMask : value,
    ]),
  );
}
