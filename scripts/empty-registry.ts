import { once } from 'node:events';
import { createServer } from 'node:http';

/** A container registry that has no image. Engines talk to loopback registries without TLS. */
export interface EmptyRegistry {
  /** Such as `127.0.0.1:34567`. */
  host: string;
  /** How often an engine asked; 0 says that it can't reach this machine's loopback. */
  readonly requests: number;
  stop(): Promise<void>;
}

export async function startEmptyRegistry(): Promise<EmptyRegistry> {
  let requests = 0;
  const server = createServer((request, reply) => {
    requests += 1;
    reply.setHeader('docker-distribution-api-version', 'registry/2.0');
    reply.setHeader('content-type', 'application/json');
    const known = request.url === '/v2/';
    const error = { code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' };
    reply.statusCode = known ? 200 : 404;
    reply.end(JSON.stringify(known ? {} : { errors: [error] }));
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
