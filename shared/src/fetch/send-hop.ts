import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { type FetchDeadlines, unreachable } from './fetch-deadlines.ts';
import { checkAddress, type FetchAllowance } from './fetch-rules.ts';
import type { HostAddress } from './resolve-host.ts';

export interface Hop {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: Uint8Array | Readable | null;
  addresses: HostAddress[];
}

/** Heads of answers are small; a bigger one is an attack. */
const headerBytesMax = 16 * 1024;

/** Sends one request to one of the given addresses and nowhere else, and reads the answer's head. */
export function sendHop(
  hop: Hop,
  allow: FetchAllowance,
  deadlines: FetchDeadlines,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = hop.url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = send(hop.url, {
      method: hop.method,
      headers: hop.headers,
      lookup: pinned(hop.addresses),
      // A connection of its own: one that is kept could lead where an earlier look-up pointed.
      agent: false,
      maxHeaderSize: headerBytesMax,
      insecureHTTPParser: false,
    });
    const stop = () => request.destroy(deadlines.signal.reason as Error);
    const fail = (cause: unknown) => {
      const reason = deadlines.signal.aborted ? deadlines.signal.reason : cause;
      reject(asFailure(reason, hop.url));
    };
    deadlines.signal.addEventListener('abort', stop, { once: true });
    request.on('error', fail);
    // A 101 is neither an answer nor an error: without these two nobody would ever hear of it.
    request.once('upgrade', (_answer, socket) => socket.destroy());
    request.once('close', () => {
      deadlines.signal.removeEventListener('abort', stop);
      fail(unreachable('connection', `${hop.url.host} does not answer the request.`));
    });
    request.once('socket', (socket) => {
      socket.once(hop.url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        try {
          checkAddress(socket.remoteAddress ?? 'unknown', allow);
          deadlines.enter('headers');
        } catch (error) {
          request.destroy(error as Error);
        }
      });
    });
    request.once('response', resolve);
    deadlines.enter('connect');
    if (deadlines.signal.aborted) stop();
    if (hop.body instanceof Readable) pipeline(hop.body, request, (error) => error && fail(error));
    else request.end(hop.body ?? undefined);
  });
}

function pinned(addresses: HostAddress[]): LookupFunction {
  return (_host, options, done) => {
    const [first] = addresses;
    if (first === undefined) return;
    if (options.all) done(null, addresses);
    else done(null, first.address, first.family);
  };
}

function asFailure(cause: unknown, url: URL): unknown {
  if (!(cause instanceof Error) || !('code' in cause)) return cause;
  if (typeof cause.code === 'string' && cause.code.startsWith('URL_')) return cause;
  return unreachable('connection', `${url.host} does not answer: ${cause.message}.`, cause);
}
