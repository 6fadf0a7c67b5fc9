import { ApiError, ConnectionError, OptionError } from '../errors.ts';
import { withMoney } from '../money.ts';
import { keepTag } from './if-match.ts';
import { readProblem } from './read-problem.ts';
import { backoffMs, sleep } from './sleep.ts';

/** What every call takes. */
export interface CallOptions {
  /** Ends the call, its pauses and its streams; what was sent may still have been carried out. */
  signal?: AbortSignal;
  /** The longest wait for one try's answer, milliseconds, instead of the client's. */
  timeoutMs?: number;
}

/** What every call takes that makes something which costs money. */
export interface PostOptions extends CallOptions {
  /**
   * Names this one wish: the same key again answers what the first one made. One is made for each call
   * and used for all its tries; give your own to go on after a crash.
   */
  idempotencyKey?: string;
}

/** One request of the API. */
export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** From the root of the marketplace, such as `/api/v1/jobs`. */
  path: string;
  query?: Record<string, string | number | boolean | null | undefined> | undefined;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as they are. */
  bytes?: Blob;
  headers?: Record<string, string>;
  /** Instead of the client's key; null for none. */
  token?: string | null;
  /**
   * Whether sending it again may do something twice. A `once` is never sent again, since nobody knows
   * what became of the first.
   */
  repeat: 'any' | 'once';
  /** Tries after the first, instead of the client's. */
  retriesMax?: number;
  options?: CallOptions | undefined;
}

/** An answer, read to its end. */
export interface Answer {
  status: number;
  headers: Headers;
  /** Of JSON, with `Money` in it. */
  body: unknown;
}

export interface TransportOptions {
  url: string;
  apiKey: string | null;
  fetch: typeof fetch;
  timeoutMs: number;
  retriesMax: number;
}

/** Longer than that we don't wait for a server that says when to come back: the caller decides. */
const retryAfterSecMax = 120;

/** Refusals of calls of which an earlier try may have been carried out. */
const doubtful = new WeakSet<object>();

/**
 * Whether nothing was done: the answer says no, not that something is wrong for now, and no earlier
 * try of the call went out of sight.
 */
export function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.status < 500 && !doubtful.has(error);
}

/** Sends requests, again where that may mend it, and reads answers. */
export class Transport {
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  get hasKey(): boolean {
    return this.#options.apiKey !== null;
  }

  /** The answer as JSON, with `Money` in it. Rejects with ApiError, ConnectionError or the signal's reason. */
  async json<T>(call: Call): Promise<T> {
    const { body, headers } = await this.answer(call);
    keepTag(body, headers);
    return body as T;
  }

  /** The same with its status and headers; one that says no is an answer too where its status is expected. */
  answer(call: Call, expected: readonly number[] = []): Promise<Answer> {
    return this.#repeat(call, async (signal) => {
      const response = await this.#send(call, 'application/json', signal);
      if (!response.ok && !expected.includes(response.status)) throw await readProblem(response);
      const { status, headers } = response;
      return { status, headers, body: withMoney(parse(await response.text())) };
    });
  }

  /** An answer whose body the caller reads; the time limit is for its head. */
  open(call: Call, accept: string, signal: AbortSignal): Promise<Response> {
    return this.#repeat(call, async (head) => {
      const late = new AbortController();
      const stop = () => late.abort(head.reason);
      head.addEventListener('abort', stop, { once: true });
      try {
        const response = await this.#send(call, accept, AbortSignal.any([signal, late.signal]));
        if (response.ok) return response;
        throw await readProblem(response);
      } finally {
        head.removeEventListener('abort', stop);
      }
    });
  }

  async #repeat<T>(call: Call, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal, timeoutMs = this.#options.timeoutMs } = call.options ?? {};
    const retriesMax = call.repeat === 'once' ? 0 : (call.retriesMax ?? this.#options.retriesMax);
    let isLost = false;
    for (let failures = 1; ; failures += 1) {
      signal?.throwIfAborted();
      const limit = AbortSignal.timeout(timeoutMs);
      try {
        return await work(signal === undefined ? limit : AbortSignal.any([signal, limit]));
      } catch (cause) {
        signal?.throwIfAborted();
        const error = this.#understand(cause, limit.aborted);
        if (isDeletedAlready(call, error, failures)) return gone() as T;
        if (isLost && error instanceof ApiError) doubtful.add(error);
        isLost ||= !isRefusal(error);
        if (failures > retriesMax || !mayMend(error)) throw error;
        const waitSec = error instanceof ApiError ? (error.retryAfterSec ?? 0) : 0;
        if (waitSec > retryAfterSecMax) throw error;
        await sleep(Math.max(waitSec * 1_000, backoffMs(failures)), signal);
      }
    }
  }

  #understand(cause: unknown, isLate: boolean): unknown {
    if (cause instanceof ApiError || cause instanceof OptionError) return cause;
    const { url } = this.#options;
    const where = url === '' ? 'The marketplace' : url;
    if (isLate)
      return new ConnectionError('CONNECTION_TIMEOUT', `${where} did not answer in time.`, cause);
    return new ConnectionError(
      'CONNECTION_FAILED',
      `${where} does not answer, or broke off.`,
      cause,
    );
  }

  #send(call: Call, accept: string, signal: AbortSignal): Promise<Response> {
    const { apiKey, url, fetch } = this.#options;
    const token = call.token === undefined ? apiKey : call.token;
    const headers: Record<string, string> = { accept, ...call.headers };
    if (token !== null) headers['authorization'] = `Bearer ${token}`;
    if (call.body !== undefined) headers['content-type'] = 'application/json';
    if (call.bytes !== undefined) headers['content-type'] = 'application/octet-stream';
    const body = call.bytes ?? (call.body === undefined ? null : toJson(call.body));
    return fetch(url + call.path + queryOf(call.query), {
      method: call.method,
      headers,
      body,
      signal,
      // A key is for this marketplace alone.
      redirect: 'error',
    });
  }
}

/** A removal whose answer got lost has happened when there is nothing left to remove. */
function isDeletedAlready(call: Call, error: unknown, failures: number): boolean {
  const isGone = error instanceof ApiError && (error.status === 404 || error.status === 410);
  return isGone && call.method === 'DELETE' && failures > 1;
}

/** Whether the same request again may be answered otherwise. */
export function mayMend(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  if (!(error instanceof ApiError) || error.retry === 'never') return false;
  return error.status >= 500 || error.status === 429 || error.status === 408;
}

function queryOf(fields: Call['query'] = {}): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  if (given.length === 0) return '';
  return `?${new URLSearchParams(Object.fromEntries(given.map(([name, value]) => [name, String(value)])))}`;
}

/** @throws OptionError for what JSON has no word for, such as a bigint that is no `Money`. */
function toJson(body: unknown): string {
  try {
    return JSON.stringify(body);
  } catch (error) {
    throw new OptionError('body', error instanceof Error ? error.message : 'it is no JSON');
  }
}

function parse(text: string): unknown {
  return text === '' ? {} : JSON.parse(text);
}

/** A part of a path, such as an id. */
export function part(value: string): string {
  return encodeURIComponent(value);
}

/** A name for one wish that nobody else has. */
export function newIdempotencyKey(): string {
  return crypto.randomUUID();
}

const keyPattern = /^[\x21-\x7e]{1,255}$/;

/**
 * Its own key, or the caller's, on all tries of one call.
 * @throws OptionError for a key that is not 1 to 255 printable characters without spaces.
 */
export function idempotent(options: PostOptions | undefined) {
  const key = options?.idempotencyKey ?? newIdempotencyKey();
  if (!keyPattern.test(key)) {
    throw new OptionError(
      'idempotencyKey',
      'it must be 1 to 255 printable characters without spaces',
    );
  }
  return { repeat: 'any' as const, headers: { 'idempotency-key': key }, options };
}

/** Stands for the answer of a deletion that got lost: nothing is left to say. */
function gone(): Answer {
  return { status: 200, headers: new Headers(), body: {} };
}
