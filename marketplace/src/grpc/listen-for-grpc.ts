import { createServer, type Socket, type Server as SocketServer } from 'node:net';
import type { Server, ServerCredentials } from '@grpc/grpc-js';
import type { Clock } from '@node3/shared/clock';
import { grpcLimits } from '@node3/shared/grpc-limits';
import type { Logger } from '@node3/shared/logger';
import type { GrpcConfig } from '../grpc-config.ts';

interface Deps {
  clock: Clock;
  log: Logger;
}

export interface GrpcPort {
  port: number;
  /** Takes no more connections, and resolves when the last one has ended. */
  close(): Promise<void>;
  /** Ends what is left of them: a handshake of TLS may wait for long. */
  destroy(): void;
}

/** How often the log says that connections are refused. */
const saidMs = 60_000;

/**
 * Listens for connections and gives them to gRPC, which can't limit how many there are. One too many is
 * closed before anything is read of it. Throws the system's error for a port that is taken.
 */
export async function listenForGrpc(
  server: Server,
  credentials: ServerCredentials,
  { host, port, connectionsMax = grpcLimits.connectionsDefault }: GrpcConfig,
  { clock, log }: Deps,
): Promise<GrpcPort> {
  const injector = server.createConnectionInjector(credentials);
  const open = new Set<Socket>();
  const sockets = createServer({ noDelay: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    injector.injectConnection(socket);
  });
  sockets.maxConnections = connectionsMax;
  let saidAtMs = Number.NEGATIVE_INFINITY;
  sockets.on('drop', () => {
    if (clock.monotonicMs() - saidAtMs < saidMs) return;
    saidAtMs = clock.monotonicMs();
    log.warn({ connectionsMax }, 'gRPC has as many connections as it may; more are refused');
  });
  const bound = await listen(sockets, host, port);
  return {
    port: bound,
    close: () => new Promise((resolve) => sockets.close(() => resolve())),
    destroy() {
      for (const socket of open) socket.destroy();
    },
  };
}

function listen(sockets: SocketServer, host: string, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  sockets.once('error', (error: NodeJS.ErrnoException) => reject(portError(error, port)));
  sockets.listen({ host, port }, () => {
    const address = sockets.address();
    resolve(typeof address === 'object' && address !== null ? address.port : port);
  });
  return promise;
}

function portError({ message, code, syscall }: NodeJS.ErrnoException, port: number): Error {
  return Object.assign(new Error(`GRPC_PORT ${port}: ${message}`), { code, syscall, port });
}
