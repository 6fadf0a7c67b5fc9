import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Clients must not reach this from other machines: it gives money away and takes faults. */
export const loopbackHost = '127.0.0.1';

const attemptsMax = 30;

export interface PortPair {
  httpPort: number;
  websocketPort: number;
}

/**
 * Starts both servers on neighbouring ports, because @solana/web3.js looks for the WebSocket at
 * HTTP + 1. Port 0 takes any free pair.
 * Throws the system's error, such as EADDRINUSE, when a named port is taken.
 */
export async function listenOnPair(
  http: Server,
  websocket: Server,
  httpPort: number,
): Promise<PortPair> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await listen(http, httpPort);
    try {
      return { httpPort: port, websocketPort: await listen(websocket, port + 1) };
    } catch (error) {
      await new Promise((resolve) => http.close(resolve));
      if (httpPort !== 0 || attempt >= attemptsMax) throw error;
    }
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, loopbackHost, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
