import { streamUrl } from '@node3/shared/routes/stream';
import type { FastifyInstance } from 'fastify';
import type { StatusFeed } from '../status-feed.ts';

/** One WebSocket per dashboard tab; each message is the body of `GET /api/v1/local/status`. */
export function addStreamRoute(app: FastifyInstance, feed: StatusFeed): void {
  app.get(streamUrl, { websocket: true }, (socket) => {
    feed.add(socket);
  });
}
