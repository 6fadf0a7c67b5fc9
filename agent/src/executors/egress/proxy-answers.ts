import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { EgressRefusal, EgressTarget } from './egress-target.ts';

export const usedUp: EgressRefusal = {
  status: 403,
  sentence: 'The job has moved all the bytes that the provider allows.',
};

/** About the bytes of a head as it was read. */
export function headBytes({ method, url, statusMessage, rawHeaders }: IncomingMessage): number {
  const line = `${method ?? ''} ${url ?? ''} ${statusMessage ?? ''} HTTP/1.1`;
  return [line, ...rawHeaders].reduce((sum, words) => sum + Buffer.byteLength(words) + 2, 0);
}

export function unreachable({ host }: EgressTarget): EgressRefusal {
  return { status: 502, sentence: `${host} does not answer.` };
}

/** The first byte of TLS: a tunnel carries nothing else. */
const tlsHandshake = 0x16;

/** A tunnel is for TLS alone: mining pools and mail servers speak something else first. */
export async function* onlyTls(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const chunk of source) {
    if (isFirst && chunk[0] !== tlsHandshake) throw new Error('the tunnel carries no TLS');
    isFirst = false;
    yield chunk;
  }
}

/** What is between one sender and the next, and so not sent on. */
const hopByHop = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)));
}

/**
 * The frame of a body that tells no length. Node frames none by itself for GET, HEAD, DELETE and the
 * like, and such a body would be read as a second request, with a host that nobody checked.
 */
export function frameOf(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' };
}

export function answerRefusal(reply: ServerResponse, { status, sentence }: EgressRefusal): void {
  const head = { 'content-type': 'text/plain; charset=utf-8', connection: 'close' };
  reply.writeHead(status, head).end(`${sentence}\n`);
}

export function writeRefusal({ status, sentence }: EgressRefusal): string {
  const body = `${sentence}\n`;
  const words = { 400: 'Bad Request', 403: 'Forbidden', 502: 'Bad Gateway' }[status];
  return [
    `HTTP/1.1 ${status} ${words}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
