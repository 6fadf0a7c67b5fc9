import { lookup } from 'node:dns/promises';
import { createServer, isIP, type Socket, type Server as SocketServer } from 'node:net';
import type { Server, ServerCredentials } from '@grpc/grpc-js';
import type { Clock } from '@node3/shared/clock';
import { grpcLimits } from '@node3/shared/grpc-limits';
import type { Logger } from '@node3/shared/logger';
import type { GrpcConfig } from '../grpc-config.ts';
import { OpenConnections } from './open-connections.ts';

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
  config: GrpcConfig,
  { clock, log }: Deps,
): Promise<GrpcPort> {
  const { host, port } = config;
  const { connectionsMax = grpcLimits.connectionsDefault } = config;
  const { firstFrameMs = grpcLimits.firstFrameMs } = config;
  const injector = server.createConnectionInjector(credentials);
  const open = new OpenConnections(connectionsMax);
  let saidAtMs = Number.NEGATIVE_INFINITY;
  const take = (socket: Socket) => {
    if (open.admit(socket)) {
      injector.injectConnection(socket);
      endIfSilent(socket, firstFrameMs);
      return;
    }
    socket.destroy();
    if (clock.monotonicMs() - saidAtMs < saidMs) return;
    saidAtMs = clock.monotonicMs();
    const { remoteAddress } = socket;
    log.warn({ connectionsMax, remoteAddress }, 'gRPC has as many connections as it may');
  };
  const listening = await listenOnAll(host, port, take);
  for (const { sockets } of listening) {
    // Of one connection that could not be taken: the others go on.
    sockets.on('error', (error) => log.warn({ err: error }, 'gRPC could not take a connection'));
  }
  return {
    port: listening[0]?.port ?? port,
    async close() {
      const closed = listening.map(
        ({ sockets }) => new Promise<void>((resolve) => sockets.close(() => resolve())),
      );
      await Promise.all(closed);
    },
    destroy: () => open.destroy(),
  };
}

/**
 * What a client of HTTP/2 says first. A handshake of TLS has more and a deadline of its own; after it,
 * keepalive ends whoever is silent.
 */
const prefaceBytes = 24;

/** Keepalive would end it much later: it asks only those that are idle for long. */
function endIfSilent(socket: Socket, afterMs: number): void {
  const deadline = setTimeout(() => {
    if (socket.bytesRead < prefaceBytes) socket.destroy();
  }, afterMs);
  socket.once('close', () => clearTimeout(deadline));
}

interface Listening {
  sockets: SocketServer;
  port: number;
}

/** A name such as `localhost` may have an address of each kind; a machine need not have both. */
async function listenOnAll(
  host: string,
  port: number,
  take: (socket: Socket) => void,
): Promise<Listening[]> {
  const found = isIP(host) === 0 ? await lookup(host, { all: true }) : [{ address: host }];
  const listening: Listening[] = [];
  let missing: unknown = null;
  for (const { address } of found) {
    try {
      listening.push(await listen(address, listening[0]?.port ?? port, take));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (!['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(code)) {
        for (const { sockets } of listening) sockets.close();
        throw error;
      }
      missing = error;
    }
  }
  if (listening.length === 0) throw missing;
  return listening;
}

function listen(host: string, port: number, take: (socket: Socket) => void): Promise<Listening> {
  const { promise, resolve, reject } = Promise.withResolvers<Listening>();
  const sockets = createServer({ noDelay: true }, take);
  const refuse = (error: NodeJS.ErrnoException) => reject(portError(error, port));
  sockets.once('error', refuse);
  sockets.listen({ host, port }, () => {
    sockets.off('error', refuse);
    const address = sockets.address();
    const bound = typeof address === 'object' && address !== null ? address.port : port;
    resolve({ sockets, port: bound });
  });
  return promise;
}

function portError({ message, code, syscall }: NodeJS.ErrnoException, port: number): Error {
  return Object.assign(new Error(`GRPC_PORT ${port}: ${message}`), { code, syscall, port });
}
