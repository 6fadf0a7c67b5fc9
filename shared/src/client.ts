import type { ArgsOf, ReplyOf, RouteContract } from './contract.ts';
import { fromProblem, MarketError } from './error.ts';

export interface ClientOptions {
  /** Such as `http://127.0.0.1:8000`; an empty string calls the page's own origin. */
  baseUrl: string;
  apiKey?: string | null;
  fetch?: typeof fetch;
  /** Longest wait for an answer, milliseconds. Long polls add their own wait. */
  timeoutMs?: number;
}

export interface CallOptions {
  signal?: AbortSignal;
  idempotencyKey?: string;
  /** The firm quote that a job is posted with. */
  quoteId?: string;
  /** The version that is to be changed; another one is left as it is. */
  ifMatch?: string;
  timeoutMs?: number;
  /** Hears of the headers of a good answer. */
  onAnswer?: (headers: Headers) => void;
}

interface LooseArgs {
  params?: Record<string, string>;
  query?: Record<string, string | number | boolean | null | undefined>;
  body?: unknown;
}

export interface Client {
  readonly baseUrl: string;
  /** Calls one endpoint. Throws the MarketError of the answer, or MARKETPLACE_UNREACHABLE. */
  call<C extends RouteContract>(
    contract: C,
    args: ArgsOf<C>,
    options?: CallOptions,
  ): Promise<ReplyOf<C>>;
  /** Opens a streaming answer, such as a log, and yields its JSON lines as they come. */
  lines<C extends RouteContract>(
    contract: C,
    args: ArgsOf<C>,
    options?: CallOptions,
  ): AsyncGenerator<unknown, void, undefined>;
  /** The bytes of an answer as they come. Throws where fewer come than were announced. */
  bytes<C extends RouteContract>(
    contract: C,
    args: ArgsOf<C>,
    options?: CallOptions,
  ): AsyncGenerator<Uint8Array, void, undefined>;
}

export function createClient(options: ClientOptions): Client {
  const timeoutMs = options.timeoutMs ?? 15_000;
  const { baseUrl } = options;
  function unreachable(what: string, cause: unknown, context: object = {}): MarketError {
    const detail = `${baseUrl || 'The marketplace'} ${what}.`;
    return new MarketError('MARKETPLACE_UNREACHABLE', { detail, ...context }, { cause });
  }
  const foreign = (what: string) => unreachable(what, undefined);
  /** Its address says all; a page of the marketplace itself has none. */
  const silent = (cause: unknown) =>
    unreachable('does not answer', cause, baseUrl === '' ? {} : { address: baseUrl });
  async function request(
    contract: RouteContract,
    args: LooseArgs,
    call: CallOptions,
    accept: string,
  ) {
    const send = options.fetch ?? fetch;
    const headers: Record<string, string> = { accept };
    if (args.body !== undefined) headers['content-type'] = 'application/json';
    if (options.apiKey) headers['authorization'] = `Bearer ${options.apiKey}`;
    if (call.idempotencyKey) headers['idempotency-key'] = call.idempotencyKey;
    if (call.quoteId) headers['quote-id'] = call.quoteId;
    if (call.ifMatch) headers['if-match'] = `"${call.ifMatch}"`;
    try {
      return await send(options.baseUrl + pathOf(contract, args), {
        method: contract.method,
        headers,
        redirect: 'error',
        ...(args.body === undefined ? {} : { body: JSON.stringify(args.body) }),
        ...(call.signal === undefined ? {} : { signal: call.signal }),
      });
    } catch (cause) {
      if (call.signal?.aborted) throw cause;
      throw silent(cause);
    }
  }
  return {
    baseUrl: options.baseUrl,
    async call(contract, args, call = {}) {
      const limit = AbortSignal.timeout(call.timeoutMs ?? timeoutMs);
      const signal = call.signal ? AbortSignal.any([call.signal, limit]) : limit;
      try {
        const response = await request(
          contract,
          args as LooseArgs,
          { ...call, signal },
          'application/json',
        );
        const body = await readBody(response, foreign);
        call.onAnswer?.(response.headers);
        return body as never;
      } catch (cause) {
        if (call.signal?.aborted) throw cause;
        if (cause instanceof MarketError && !limit.aborted) throw cause;
        throw unreachable(limit.aborted ? 'did not answer in time' : 'broke off its answer', cause);
      }
    },
    async *lines(contract, args, call = {}) {
      const response = await request(contract, args as LooseArgs, call, 'application/x-ndjson');
      if (!response.ok || response.body === null) {
        await readBody(response, foreign);
        return;
      }
      try {
        yield* readLines(response.body);
      } catch (cause) {
        if (call.signal?.aborted) throw cause;
        throw unreachable('broke off its answer', cause);
      }
    },
    async *bytes(contract, args, call = {}) {
      const response = await request(contract, args as LooseArgs, call, '*/*');
      if (!response.ok || response.body === null) {
        await readBody(response, foreign);
        return;
      }
      try {
        yield* readChunks(response.body);
      } catch (cause) {
        if (call.signal?.aborted) throw cause;
        throw unreachable('broke off its answer', cause);
      }
    },
  };
}

function pathOf(contract: RouteContract, args: LooseArgs): string {
  let path = contract.url;
  for (const [name, value] of Object.entries(args.params ?? {})) {
    path = path.replace(`:${name}`, encodeURIComponent(value));
  }
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(args.query ?? {})) {
    if (value !== undefined && value !== null) query.set(name, String(value));
  }
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** @throws MarketError of the answer, or what `foreign` makes of one that is no marketplace's. */
async function readBody(
  response: Response,
  foreign: (what: string) => MarketError,
): Promise<unknown> {
  const text = await response.text();
  let body: unknown = null;
  try {
    body = text === '' ? null : JSON.parse(text);
  } catch {
    if (response.ok) throw foreign('answers with something that is not JSON');
  }
  if (response.ok) return body;
  // A proxy, or another server altogether: ours give each refusal a code.
  const isOurs = typeof body === 'object' && body !== null && 'code' in body;
  throw isOurs
    ? fromProblem(response.status, body)
    : foreign(`answered ${response.status} without a reason`);
}

async function* readChunks(body: ReadableStream<Uint8Array>) {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function* readLines(body: ReadableStream<Uint8Array>) {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      rest += decoder.decode(value, { stream: true });
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield JSON.parse(line) as unknown;
    }
    if (rest !== '') yield JSON.parse(rest) as unknown;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
