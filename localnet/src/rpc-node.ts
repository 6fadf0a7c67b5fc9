import type { Logger } from '@node3/shared/logger';
import type { Chain } from './chain/chain.ts';
import { NodeView } from './chain/node-view.ts';
import type { Faucet } from './faucet/faucet.ts';
import { Faults } from './faults/faults.ts';
import type { LocalnetInfo } from './localnet-info.ts';
import type { RpcDispatcher } from './rpc/dispatch.ts';
import { rpcMethods } from './rpc/methods.ts';
import { createHttpServer } from './server/http-server.ts';
import { listenOnPair, loopbackHost } from './server/port-pair.ts';
import { createWebsocketServer } from './server/websocket-server.ts';

export interface RpcNodeOptions {
  /** 0 takes any free pair; the WebSocket is always at the next port. */
  httpPort: number;
  /** How far this node is behind the chain, slots. */
  lagSlots: number;
}

/** One RPC endpoint. Several nodes of a localnet show the same chain, each with its own faults. */
export interface LocalnetNode {
  rpcUrl: string;
  wsUrl: string;
  faults: Faults;
  stop(): Promise<void>;
}

export interface RpcNodeDeps {
  chain: Chain;
  faucet: Faucet;
  log: Logger;
  info(view: NodeView): LocalnetInfo;
}

/** Opens both listeners. Throws EADDRINUSE when a named port is taken. */
export async function openRpcNode(
  deps: RpcNodeDeps,
  options: RpcNodeOptions,
): Promise<LocalnetNode> {
  const dispatcher = createDispatcher(deps, options.lagSlots);
  const { faults } = dispatcher.context;
  const stopped = new AbortController();
  const http = createHttpServer(dispatcher, stopped.signal);
  const websocket = createWebsocketServer(dispatcher, stopped.signal);
  try {
    const ports = await listenOnPair(http, websocket.http, options.httpPort);
    return {
      rpcUrl: `http://${loopbackHost}:${ports.httpPort}`,
      wsUrl: `ws://${loopbackHost}:${ports.websocketPort}`,
      faults,
      async stop() {
        stopped.abort();
        websocket.close();
        await Promise.all([http, websocket.http].map(closeServer));
      },
    };
  } catch (error) {
    websocket.close();
    throw error;
  }
}

/** What answers the calls of one node, however they reach it. */
export function createDispatcher(deps: RpcNodeDeps, lagSlots: number): RpcDispatcher {
  const { chain, faucet, log } = deps;
  const view = new NodeView(chain, lagSlots);
  const faults = new Faults(() => chain.slot);
  const context = { chain, view, faults, faucet, info: () => deps.info(view) };
  return { context, methods: rpcMethods, log };
}

async function closeServer(server: ReturnType<typeof createHttpServer>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
