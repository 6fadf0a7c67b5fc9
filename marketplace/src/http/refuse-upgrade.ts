import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type MarketError, toProblem } from '@node3/shared/error';

/** Answers a request for a socket with a problem, as any other request would be, and hangs up. */
export function refuseUpgrade(socket: Duplex, error: MarketError): void {
  const body = JSON.stringify(toProblem(error));
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
