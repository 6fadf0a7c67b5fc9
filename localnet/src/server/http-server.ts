import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { httpBodyBytesMax, httpConnectionsMax } from '../limits.ts';
import { answerText, type RpcDispatcher } from '../rpc/dispatch.ts';
import { ConnectionCut } from '../rpc/rpc-error.ts';

class BodyTooLarge extends Error {}

/** JSON-RPC over HTTP POST, and `GET /health` as validators have it. Not yet listening. */
export function createHttpServer(dispatcher: RpcDispatcher, signal: AbortSignal): Server {
  const server = createServer((request, response) => {
    // Tells every answer of this chain from one of the devnet whose genesis hash it presents.
    response.setHeader('x-localnet', '1');
    serve(dispatcher, request, response, signal).catch((error: unknown) => {
      if (!(error instanceof ConnectionCut)) dispatcher.log.warn({ err: error }, 'request failed');
      response.destroy();
    });
  });
  server.maxConnections = httpConnectionsMax;
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  return server;
}

async function serve(
  dispatcher: RpcDispatcher,
  request: IncomingMessage,
  response: ServerResponse,
  stopped: AbortSignal,
): Promise<void> {
  if (request.method === 'GET' && request.url === '/health') {
    response.end('ok');
    return;
  }
  if (request.method !== 'POST') {
    response.writeHead(405, { allow: 'POST' }).end('Use POST with a JSON-RPC request.\n');
    return;
  }
  // Any web page may post plain text to loopback; only JSON makes the browser ask first.
  if (!(request.headers['content-type'] ?? '').startsWith('application/json')) {
    response.writeHead(415).end('Send content-type application/json.\n');
    return;
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    const text = await readBody(request);
    const answer = await answerText(dispatcher, text, AbortSignal.any([stopped, gone.signal]));
    response.writeHead(answer.httpStatus, { 'content-type': 'application/json' });
    response.end(answer.text);
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error;
    response
      .writeHead(413, { connection: 'close' })
      .end(`The limit is ${httpBodyBytesMax} bytes.\n`);
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > httpBodyBytesMax) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
