import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import {
  type FetchDeadlines,
  type FetchTimeouts,
  startDeadlines,
  unreachable,
} from './fetch-deadlines.ts';
import { checkRedirect, checkUrl, type FetchAllowance } from './fetch-rules.ts';
import { readAnswer } from './read-answer.ts';
import { type HostLookup, resolveHost } from './resolve-host.ts';
import { sendHop } from './send-hop.ts';

export interface SafeFetchOptions {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT';
  /** Sent to the URL's own origin; a redirect elsewhere gets none of them. */
  headers?: Record<string, string>;
  /** A stream needs a `content-length` among the headers. A request with a body is not redirected. */
  body?: Uint8Array | string | Readable;
  /** Most bytes of the answer's body, after decompression. */
  maxBytes: number;
  /** Lowercase hex that the body must have. */
  sha256?: string | null;
  timeouts?: FetchTimeouts;
  allow?: FetchAllowance;
  redirectsMax?: number;
  signal?: AbortSignal | null;
  lookup?: HostLookup;
  /** Whose URL it is, such as an account: only so many of its names are looked up at a time. */
  caller?: string;
}

export interface SafeResponse {
  status: number;
  headers: IncomingHttpHeaders;
  /** Where the answer came from, after redirects. */
  url: string;
  /** Read once, or call `cancel`: until then the connection is open. Throws like `safeFetch`. */
  body: AsyncIterable<Buffer>;
  /** The whole body in memory. */
  bytes(): Promise<Buffer>;
  cancel(): void;
}

const redirectsUsual = 3;
const redirectStatuses = [301, 302, 303, 307, 308];

/**
 * Fetches a URL that a stranger chose, without reaching what only we can reach. Any status is an
 * answer. Throws URL_FORBIDDEN for where it may not go, URL_UNREACHABLE for what went wrong there;
 * `context.reason` tells which rule it was. No cookies, no credentials, no proxy, no kept connection.
 */
export async function safeFetch(address: string, options: SafeFetchOptions): Promise<SafeResponse> {
  const deadlines = startDeadlines(options.timeouts, options.signal);
  try {
    const { url, answer } = await follow(
      checkUrl(address, options.allow ?? {}),
      options,
      deadlines,
    );
    return respond(url, answer, options, deadlines);
  } catch (error) {
    deadlines.end();
    throw error;
  }
}

async function follow(first: URL, options: SafeFetchOptions, deadlines: FetchDeadlines) {
  const allow = options.allow ?? {};
  const redirectsMax = options.redirectsMax ?? redirectsUsual;
  let url = first;
  for (let redirects = 0; ; redirects += 1) {
    const { caller, lookup } = options;
    const asked = { signal: deadlines.signal, caller, lookup };
    const addresses = await within(deadlines, () => resolveHost(url, allow, asked));
    const hop = {
      url,
      method: options.method ?? 'GET',
      headers: headersFor(url, first, options),
      body: typeof options.body === 'string' ? Buffer.from(options.body) : (options.body ?? null),
      addresses,
    };
    const answer = await sendHop(hop, allow, deadlines);
    const { location } = answer.headers;
    if (!redirectStatuses.includes(answer.statusCode ?? 0) || location === undefined) {
      return { url, answer };
    }
    answer.destroy();
    if (options.body !== undefined || redirects >= redirectsMax) {
      throw unreachable('redirect', `${url.host} redirects to another address.`);
    }
    url = checkRedirect(url, location, allow);
  }
}

/** Whether or not a look-up ends with its signal, its answer is not waited for any longer. */
function within<T>(deadlines: FetchDeadlines, work: () => Promise<T>): Promise<T> {
  deadlines.enter('connect');
  return new Promise<T>((resolve, reject) => {
    const stop = () => reject(deadlines.signal.reason as Error);
    if (deadlines.signal.aborted) stop();
    deadlines.signal.addEventListener('abort', stop, { once: true });
    work()
      .then(resolve, reject)
      .finally(() => deadlines.signal.removeEventListener('abort', stop));
  });
}

/** What the transport sets, or what would carry our identity. */
const notFromCallers = new Set([
  'host',
  'connection',
  'transfer-encoding',
  'cookie',
  'proxy-authorization',
]);

function headersFor(url: URL, first: URL, options: SafeFetchOptions): Record<string, string> {
  const headers: Record<string, string> = {
    'user-agent': 'node3',
    accept: '*/*',
    // Compressed bytes would be hashed and counted as something else than what is stored.
    'accept-encoding': 'identity',
  };
  if (typeof options.body === 'string' || options.body instanceof Uint8Array) {
    headers['content-length'] = String(Buffer.byteLength(options.body));
  }
  if (url.origin !== first.origin) return headers;
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (!notFromCallers.has(name.toLowerCase())) headers[name.toLowerCase()] = value;
  }
  return headers;
}

function respond(
  url: URL,
  answer: IncomingMessage,
  options: SafeFetchOptions,
  deadlines: FetchDeadlines,
): SafeResponse {
  const bytesMax = options.method === 'HEAD' ? Number.POSITIVE_INFINITY : options.maxBytes;
  const rules = { bytesMax, sha256: options.sha256 ?? null };
  const body = readAnswer(answer, rules, deadlines);
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    url: url.href,
    body,
    async bytes() {
      const pieces: Buffer[] = [];
      for await (const piece of body) pieces.push(piece);
      return Buffer.concat(pieces);
    },
    cancel() {
      deadlines.end();
      answer.destroy();
    },
  };
}
