import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What happens at the next thing that a client says. */
export type Cut =
  /** It never arrives, and the connection is gone. */
  | 'before'
  /** It arrives and is done; the connection is gone before the answer. */
  | 'after';

export interface CuttingProxy {
  port: number;
  /** Arms it for the next data of any connection. */
  cut(how: Cut): void;
  /** Whether anybody new gets through. */
  gate(state: 'open' | 'shut'): void;
  /** Loses all connections. */
  drop(): void;
  close(): Promise<void>;
}

/** Stands between a client and a server's socket, and loses connections where a test says so. */
export async function startCuttingProxy(socketPath: string): Promise<CuttingProxy> {
  let armed: Cut | null = null;
  let isShut = false;
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    if (isShut) {
      client.destroy();
      return;
    }
    const server = connect(socketPath);
    const end = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', end).on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    client.on('data', (data) => {
      const how = armed;
      armed = null;
      if (how === 'before') {
        end();
        return;
      }
      server.write(data);
      if (how === null) return;
      server.removeAllListeners('data');
      // The server has answered, so it has done what it was told.
      server.once('data', end);
    });
    server.on('data', (data) => client.write(data));
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    cut(how) {
      armed = how;
    },
    gate(state) {
      isShut = state === 'shut';
    },
    drop() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
