import { fromProblem } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { usageError } from '../command-error.ts';
import { answerLimit, type Context, openApi } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { choose } from '../parse/choose.ts';
import { readJsonFile } from '../parse/json-file.ts';
import { parsePairs } from '../parse/key-values.ts';
import type { Call } from '../program/attach-action.ts';

export interface ApiOptions {
  field?: string[];
  input?: string;
  paginate?: boolean;
  operator?: boolean;
}

const methods = ['GET', 'POST', 'PUT', 'DELETE'] as const;
/** A list that is longer is not read by a person. */
const pagesMax = 1_000;

/** `node3 api METHOD PATH`: one request with your key, the answer as it comes. */
export async function callApi(context: Context, call: Call<ApiOptions>): Promise<number> {
  const { options } = call;
  const [methodText = '', path = ''] = call.args;
  const method = choose('METHOD', methodText.toUpperCase(), methods);
  if (!/^\/(?!\/)/.test(path)) {
    throw usageError(`PATH is "${path}".`, 'It begins with one slash, such as /api/v1/jobs.');
  }
  const fields = parsePairs('--field', options.field ?? [], 'state=failed');
  const body = method === 'GET' ? undefined : await readBody(context, options.input, fields);
  const query = method === 'GET' ? fields : {};
  const ask = async (more: Record<string, string>) =>
    send(context, {
      method,
      path,
      query: { ...query, ...more },
      body,
      isOperator: options.operator === true,
    });
  const first = await ask({});
  await context.terminal.object(options.paginate === true ? await readRest(first, ask) : first);
  return exitCodes.ok.code;
}

interface ApiRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  body: unknown;
  isOperator: boolean;
}

async function send(context: Context, request: ApiRequest): Promise<unknown> {
  const url = new URL(context.url + request.path);
  const base = new URL(`${context.url}/`);
  // The key is for the marketplace, and not for what else its host serves above it.
  if (url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) {
    throw usageError(`PATH is "${request.path}".`, `It has to stay below ${context.url}.`);
  }
  for (const [name, value] of Object.entries(request.query)) url.searchParams.set(name, value);
  const api = openApi(context, request.isOperator ? 'operator' : 'requester');
  const { body } = request;
  const { timeoutMs } = answerLimit(context.options);
  const response = await api(url.href, {
    method: request.method,
    ...(timeoutMs !== undefined && { signal: AbortSignal.timeout(timeoutMs) }),
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  const answer = readAnswer(text);
  if (!response.ok) throw fromProblem(response.status, answer);
  return answer;
}

/** What is no JSON, such as metrics, is text. */
function readAnswer(text: string): unknown {
  try {
    return text === '' ? null : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
}

async function readBody(
  { host }: Context,
  input: string | undefined,
  fields: Record<string, string>,
): Promise<unknown> {
  const typed = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, readAnswer(value)]),
  );
  if (input === undefined) return Object.keys(typed).length === 0 ? undefined : typed;
  const file = await readJsonFile(host, input, limits.jobBodyBytes);
  return typeof file === 'object' && file !== null ? { ...file, ...typed } : file;
}

interface Page {
  data: unknown[];
  nextCursor?: string | null;
  nextAfter?: number;
  more?: boolean;
}

/** All pages as one. Lists go on by a cursor, logs of events by a number. */
async function readRest(
  first: unknown,
  ask: (more: Record<string, string>) => Promise<unknown>,
): Promise<unknown> {
  if (!isPage(first)) {
    throw usageError('--paginate wants a list, and the answer is none.', 'Leave it out.');
  }
  const data = [...first.data];
  let page = first;
  for (let count = 1; count < pagesMax; count += 1) {
    const more = nextOf(page);
    if (more === null) return { data };
    const next = await ask(more);
    if (!isPage(next)) return { data };
    page = next;
    data.push(...page.data);
  }
  throw usageError(`The list has more than ${pagesMax} pages.`, 'Narrow it with --field.');
}

function nextOf(page: Page): Record<string, string> | null {
  if (typeof page.nextCursor === 'string') return { cursor: page.nextCursor };
  if (page.more === true && page.nextAfter !== undefined) return { after: String(page.nextAfter) };
  return null;
}

function isPage(value: unknown): value is Page {
  return typeof value === 'object' && value !== null && Array.isArray((value as Page).data);
}
