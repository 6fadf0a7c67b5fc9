import { startLoop } from '@node3/shared/loop';
import { streamUrl } from '@node3/shared/routes/stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpDeps } from '../http-deps.ts';
import { StreamSession } from '../stream-session.ts';
import type { StreamSockets } from '../stream-sockets.ts';

/** A browser that is gone without a word is noticed after twice this time. */
const pingIntervalMs = 30_000;

export function addStreamRoute(app: FastifyInstance, deps: HttpDeps, sockets: StreamSockets): void {
  app.get(streamUrl, { websocket: true, schema: { hide: true } }, (socket, request) => {
    if (!isSameOrigin(request)) {
      socket.close(1008, 'cross-site');
      return;
    }
    if (!sockets.admit(socket, request.ip)) return;
    socket.once('close', deps.measures.streams.opened('websocket'));
    const session = new StreamSession(deps, socket, request);
    session.open();
    socket.on('message', (data: Buffer) => session.receive(data));
    socket.on('close', () => session.close());
    socket.on('error', () => session.close());
  });
  deps.stopping.addEventListener('abort', () => sockets.closeAll(), { once: true });
  app.addHook('onListen', async () => {
    const loop = startLoop({
      name: 'stream-pinger',
      intervalMs: pingIntervalMs,
      log: deps.log,
      run: async () => sockets.ping(),
    });
    deps.stopping.addEventListener('abort', () => void loop.stop(), { once: true });
  });
}

/** Browsers name the page that opens a socket; only our own pages may. */
function isSameOrigin(request: FastifyRequest): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
