import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What happens at the next thing that a client says. */
export type Cut =
  /** It never arrives, and the connection is gone. */
  | 'before'
  /** It arrives and is done; the connection is gone before the answer. */
  | 'after'
  /** As `after`, and the last word of the server is that its disk is full. */
  | 'after, full';

export interface CuttingProxy {
  port: number;
  /** Arms it for the next data of any connection. */
  cut(how: Cut): void;
  /** The same again and again: at each `n`th thing that is said, before and after in turn; 0 ends it. */
  cutEvery(n: number): void;
  /** How often it has cut. */
  readonly cuts: number;
  /** Whether anybody new gets through. */
  gate(state: 'open' | 'shut'): void;
  /** Loses all connections. */
  drop(): void;
  close(): Promise<void>;
}

/** What a PostgreSQL says that has no room for its write-ahead log. */
const diskFull = errorResponse({ S: 'PANIC', C: '53100', M: 'could not write to file' });

/** Section 55.7 of PostgreSQL's manual. */
function errorResponse(fields: Record<string, string>): Buffer {
  const texts = Object.entries(fields).map(([type, text]) => `${type}${text}\0`);
  const body = Buffer.from(`${texts.join('')}\0`);
  const head = Buffer.alloc(5, 'E');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/**
 * Stands between a client and a server's socket, or its port on this machine, and loses connections
 * where a test says so.
 */
export async function startCuttingProxy(target: string | number): Promise<CuttingProxy> {
  let armed: Cut | null = null;
  let isShut = false;
  let every = 0;
  let said = 0;
  let cuts = 0;
  function nextCut(): Cut | null {
    said += 1;
    const how = armed ?? (every > 0 && said % every === 0 ? (cuts % 2 ? 'after' : 'before') : null);
    armed = null;
    if (how !== null) cuts += 1;
    return how;
  }
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    if (isShut) {
      client.destroy();
      return;
    }
    const server = typeof target === 'string' ? connect(target) : connect(target, '127.0.0.1');
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
      const how = nextCut();
      if (how === 'before') {
        end();
        return;
      }
      server.write(data);
      if (how === null) return;
      server.removeAllListeners('data');
      // The server has answered, so it has done what it was told.
      server.once('data', () => {
        if (how === 'after, full') client.end(diskFull);
        else end();
      });
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
    cutEvery(n) {
      every = n;
    },
    get cuts() {
      return cuts;
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
