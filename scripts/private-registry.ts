import { once } from 'node:events';
import { createServer } from 'node:http';

/** A container registry of this machine alone, which has no image and counts who asks. */
export interface PrivateRegistry {
  /** Such as `127.0.0.1:34567`. */
  host: string;
  readonly requests: number;
  stop(): Promise<void>;
}

export async function startPrivateRegistry(): Promise<PrivateRegistry> {
  let requests = 0;
  const server = createServer((_request, reply) => {
    requests += 1;
    reply.statusCode = 404;
    reply.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    host: `127.0.0.1:${address.port}`,
    get requests() {
      return requests;
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
