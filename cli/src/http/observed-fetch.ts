import type { Clock } from '@node3/shared/clock';
import type { Terminal } from '../output/terminal.ts';

export interface ObserveOptions {
  terminal: Terminal;
  clock: Clock;
  /** Print the first request as a curl command instead of sending it. */
  curl: boolean;
  /** Tell which requests are sent, and how they were answered. */
  explain: boolean;
  /** For the first request that changes something, unless it has a key of its own. */
  idempotencyKey: string | null;
  /** The environment variable that stands for the key in what is printed. */
  keyVariable: string;
}

/** Thrown instead of sending: the request was printed, and the command is done. */
class RequestShown extends Error {
  override readonly name = 'RequestShown';
}

/** Whether a command ended because its request was only to be shown. */
export function isRequestShown(error: unknown): boolean {
  if (error instanceof RequestShown) return true;
  return error instanceof Error && isRequestShown(error.cause);
}

/** These only ask, and take no key. */
const asking = /\/(?:quotes|explain|preview|challenges)(?:\?|$)/;

/** A fetch that tells what it sends, or only tells. */
export function observeFetch(options: ObserveOptions): typeof fetch {
  const { terminal, clock } = options;
  let { idempotencyKey } = options;
  return async (input, init = {}) => {
    const url = String(input instanceof Request ? input.url : input);
    const { method = 'GET' } = init;
    const headers = new Headers(init.headers);
    if (idempotencyKey !== null && method !== 'GET' && !asking.test(url)) {
      if (!headers.has('idempotency-key')) headers.set('idempotency-key', idempotencyKey);
      idempotencyKey = null;
    }
    const request = { ...init, method, headers };
    if (options.curl) {
      await terminal.data(curlText(url, request, options.keyVariable));
      throw new RequestShown(url);
    }
    const startMs = clock.monotonicMs();
    const response = await fetch(url, request);
    if (options.explain) {
      const tookMs = Math.round(clock.monotonicMs() - startMs);
      await terminal.complain(`${method} ${url}  ${response.status}  ${tookMs} ms`);
    }
    return response;
  };
}

interface ShownRequest {
  method: string;
  headers: Headers;
  body?: RequestInit['body'];
}

/** One line for a POSIX shell. The key is a variable there: it is not for the history of a shell. */
export function curlText(url: string, request: ShownRequest, keyVariable: string): string {
  const { method, headers, body } = request;
  const words = ['curl', ...(method === 'GET' ? [] : ['-X', method]), quoted(url)];
  for (const [name, value] of headers) {
    const header =
      name === 'authorization'
        ? `"authorization: Bearer $${keyVariable}"`
        : quoted(`${name}: ${value}`);
    words.push('-H', header);
  }
  if (typeof body === 'string') words.push('--data-binary', quoted(body));
  return words.join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
