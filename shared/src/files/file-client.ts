import { fromProblem, MarketError } from '../error.ts';

export interface FileClientOptions {
  baseUrl: string;
  apiKey: string | null;
  /** Sent with every request, such as the fence of an execution. */
  headers?: Record<string, string>;
}

/** Sends and gets bytes, where `Client` speaks JSON. Throws the same errors. */
export interface FileClient {
  putPart(path: string, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /** The answer's body is to be read, or cancelled. */
  get(path: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response>;
}

/** A part of 8 MiB takes this long at 28 kB/s. */
const partMs = 300_000;

export function createFileClient(options: FileClientOptions): FileClient {
  const { baseUrl, apiKey } = options;
  const common = {
    ...options.headers,
    ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
  };
  async function send(path: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(baseUrl + path, { ...init, redirect: 'error', signal });
    } catch (cause) {
      throw unreachable(baseUrl, cause);
    }
    if (response.ok) return response;
    const body: unknown = await response.json().catch(() => null);
    throw fromProblem(response.status, body);
  }
  return {
    async putPart(path, bytes, signal) {
      const headers = { ...common, 'content-type': 'application/octet-stream' };
      const limited = AbortSignal.any([signal, AbortSignal.timeout(partMs)]);
      // Such as a Buffer: never of shared memory.
      const body = bytes as Uint8Array<ArrayBuffer>;
      const response = await send(path, { method: 'PUT', headers, body }, limited);
      await response.arrayBuffer().catch((cause: unknown) => {
        throw unreachable(baseUrl, cause);
      });
    },
    get: (path, headers, signal) =>
      send(path, { method: 'GET', headers: { ...common, ...headers } }, signal),
  };
}

function unreachable(baseUrl: string, cause: unknown): MarketError {
  return new MarketError(
    'MARKETPLACE_UNREACHABLE',
    { detail: `${baseUrl} does not answer.` },
    { cause },
  );
}
