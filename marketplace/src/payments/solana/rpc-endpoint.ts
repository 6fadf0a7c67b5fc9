import { parseRpcJson } from './rpc-json.ts';

/** The endpoint understood the call and refused it. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: number;
  readonly retryable: boolean;
  constructor(code: number, message: string) {
    super(`${message} (${code})`);
    this.code = code;
    this.retryable = retryableCodes.has(code);
  }
}

/** No answer, or none that is JSON-RPC. Whether the call was carried out is unknown. */
export class RpcUnreachable extends Error {
  override readonly name = 'RpcUnreachable';
}

export interface RpcAnswer {
  result: unknown;
  /** Whether the endpoint says that it is node³'s embedded chain. */
  localnet: boolean;
}

export interface EndpointCall {
  url: string;
  method: string;
  params: readonly unknown[];
  timeoutMs: number;
  transport: RpcTransport;
}

export interface TransportRequest {
  url: string;
  /** JSON. */
  body: string;
  timeoutMs: number;
}

export interface TransportReply {
  status: number;
  localnet: boolean;
  text: string;
}

/** Carries a request to an endpoint. Rejects when there is no answer in time. */
export type RpcTransport = (request: TransportRequest) => Promise<TransportReply>;

/** Internal error, block not there yet, node behind, slot skipped, context slot not reached. */
const retryableCodes = new Set([-32603, -32004, -32005, -32007, -32014, -32016]);

/** A full page of 1000 signatures is about 250 kB; nothing we ask for is larger than this. */
const answerBytesMax = 16 * 1024 * 1024;

/** One JSON-RPC call. Throws RpcError or RpcUnreachable, nothing else. */
export async function callEndpoint(call: EndpointCall): Promise<RpcAnswer> {
  const { url, method, params, timeoutMs, transport } = call;
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const reply = await reach(transport, { url, body, timeoutMs }, method);
  if (reply.status === 429 || reply.status >= 500) {
    throw new RpcUnreachable(`HTTP status ${reply.status}`);
  }
  return { result: readResult(reply.text), localnet: reply.localnet };
}

async function reach(transport: RpcTransport, request: TransportRequest, method: string) {
  try {
    return await transport(request);
  } catch (cause) {
    if (cause instanceof RpcUnreachable) throw cause;
    throw new RpcUnreachable(`no answer to ${method}`, { cause });
  }
}

export const httpTransport: RpcTransport = async ({ url, body, timeoutMs }) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal: AbortSignal.timeout(timeoutMs),
  });
  const localnet = response.headers.get('x-localnet') === '1';
  return { status: response.status, localnet, text: await readBounded(response) };
};

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > answerBytesMax) throw new RpcUnreachable('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readResult(text: string): unknown {
  let body: unknown;
  try {
    body = parseRpcJson(text);
  } catch (cause) {
    throw new RpcUnreachable('the answer is not JSON', { cause });
  }
  if (typeof body !== 'object' || body === null)
    throw new RpcUnreachable('the answer is no object');
  if ('error' in body && typeof body.error === 'object' && body.error !== null) {
    const { code, message } = body.error as { code?: unknown; message?: unknown };
    const text = typeof message === 'string' ? message : 'no message';
    throw new RpcError(Number(code ?? 0), text.slice(0, 500));
  }
  if (!('result' in body)) throw new RpcUnreachable('the answer has no result');
  return body.result;
}
