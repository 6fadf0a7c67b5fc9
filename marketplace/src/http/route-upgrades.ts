import { EventEmitter } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { MarketError } from '@node3/shared/error';
import { refuseUpgrade } from './refuse-upgrade.ts';

/** Takes over the upgrade of one path. */
export interface UpgradeRoute {
  path: string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/**
 * Sends the upgrades of one path to its own handler and those of the framework's paths to the framework;
 * no other path opens a socket.
 * @returns a server for the framework's plugin, which uses nothing of it but the event of its paths.
 */
export function routeUpgrades(
  server: Server,
  route: UpgradeRoute,
  isOfFramework: (path: string) => boolean,
): Server {
  const framework = new EventEmitter();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const [path = ''] = (request.url ?? '').split('?');
    if (path === route.path) route.upgrade(request, socket, head);
    else if (!isOfFramework(path)) refuse(socket, path);
    else if (!framework.emit('upgrade', request, socket, head)) socket.destroy();
  });
  return framework as unknown as Server;
}

function refuse(socket: Duplex, path = ''): void {
  socket.on('error', () => socket.destroy());
  refuseUpgrade(
    socket,
    new MarketError('ROUTE_NOT_FOUND', { detail: `No socket is to be had at ${path}.` }),
  );
}
