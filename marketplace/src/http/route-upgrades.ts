import { EventEmitter } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Takes over the upgrade of one path. */
export interface UpgradeRoute {
  path: string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/**
 * Sends the upgrades of one path to its own handler.
 * @returns a server for the framework's plugin, which uses nothing of it but the event of the others.
 */
export function routeUpgrades(server: Server, route: UpgradeRoute): Server {
  const others = new EventEmitter();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const [path] = (request.url ?? '').split('?');
    if (path === route.path) route.upgrade(request, socket, head);
    else if (!others.emit('upgrade', request, socket, head)) socket.destroy();
  });
  return others as unknown as Server;
}
