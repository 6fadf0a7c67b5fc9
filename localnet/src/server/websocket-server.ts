import { createServer, type Server } from 'node:http';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import {
  subscriptionsPerSocketMax,
  websocketBacklogBytesMax,
  websocketConnectionsMax,
  websocketMessageBytesMax,
} from '../limits.ts';
import {
  idOf,
  type RpcDispatcher,
  readRequest,
  sufferBefore,
  toErrorAnswer,
} from '../rpc/dispatch.ts';
import { parseJson, stringifyJson } from '../rpc/json.ts';
import { readInteger } from '../rpc/params.ts';
import { ConnectionCut, invalidParams, RpcError, rpcCode } from '../rpc/rpc-error.ts';
import { createCommitmentFeed } from './commitment-feed.ts';
import type { Notification, Subscription } from './subscription.ts';
import { subscriptionKinds } from './subscriptions.ts';

export interface SubscriptionServer {
  /** Not yet listening. */
  http: Server;
  close(): void;
}

type Subscriptions = Map<number, Subscription>;

/** The PubSub half of the RPC: WebSockets whose subscriptions follow this node's view. */
export function createWebsocketServer(
  dispatcher: RpcDispatcher,
  signal: AbortSignal,
): SubscriptionServer {
  const { view, chain } = dispatcher.context;
  const http = createServer((_request, response) => {
    response.writeHead(426, { 'x-localnet': '1' }).end('Use a WebSocket.\n');
  });
  const sockets = new Map<WebSocket, Subscriptions>();
  const server = new WebSocketServer({ server: http, maxPayload: websocketMessageBytesMax });
  server.on('headers', (headers) => headers.push('x-localnet: 1'));
  // Listening errors reach whoever started the HTTP server underneath.
  server.on('error', (error) => dispatcher.log.debug({ err: error }, 'websocket server error'));
  server.on('connection', (socket) => {
    if (sockets.size >= websocketConnectionsMax) {
      socket.close(1013, 'too many connections');
      return;
    }
    sockets.set(socket, new Map());
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', (error) => dispatcher.log.debug({ err: error }, 'websocket failed'));
    const connection = { socket, subscriptions: sockets.get(socket) ?? new Map() };
    socket.on('message', (data) => {
      receive(dispatcher, connection, data, signal).catch((error: unknown) => {
        if (!(error instanceof ConnectionCut))
          dispatcher.log.error({ err: error }, 'message failed');
        socket.terminate();
      });
    });
  });
  const stopListening = chain.listen(
    createCommitmentFeed(view, {
      slot: () => notifyAll(sockets, (one) => toList(one.slot?.())),
      transaction: (record, commitment) =>
        notifyAll(sockets, (one) =>
          one.commitment === commitment ? (one.transaction?.(record) ?? []) : [],
        ),
    }),
  );
  return {
    http,
    close() {
      stopListening();
      for (const socket of sockets.keys()) socket.terminate();
      server.close();
    },
  };
}

interface Connection {
  socket: WebSocket;
  subscriptions: Subscriptions;
}

let lastSubscriptionId = 0;

async function receive(
  dispatcher: RpcDispatcher,
  connection: Connection,
  data: RawData,
  signal: AbortSignal,
): Promise<void> {
  const { socket } = connection;
  let request: unknown;
  try {
    // eslint-disable-next-line no-base-to-string -- ws gives a Buffer unless told otherwise.
    request = parseJson(data.toString());
    const { method, params } = readRequest(request);
    // web3.js sends `ping` every five seconds as a notification: nobody waits for an answer.
    if (method === 'ping') return;
    const subscribe = /^([a-z]+)Subscribe$/.exec(method)?.[1];
    const unsubscribe = /^([a-z]+)Unsubscribe$/.exec(method)?.[1];
    if (unsubscribe !== undefined) {
      const result = endSubscription(connection, params[0]);
      send(socket, { jsonrpc: '2.0', result, id: idOf(request) });
      return;
    }
    const kind = subscribe ?? '';
    if (!Object.hasOwn(subscriptionKinds, kind)) {
      throw new RpcError(rpcCode.methodNotFound, 'Method not found');
    }
    await beginSubscription(dispatcher, connection, { kind, params, id: idOf(request), signal });
  } catch (error) {
    if (error instanceof SyntaxError) {
      send(socket, toErrorAnswer(null, new RpcError(rpcCode.parse, 'Parse error')));
    } else if (error instanceof RpcError) {
      send(socket, toErrorAnswer(idOf(request), error));
    } else throw error;
  }
}

interface SubscribeRequest {
  kind: string;
  params: readonly unknown[];
  id: unknown;
  signal: AbortSignal;
}

async function beginSubscription(
  { context }: RpcDispatcher,
  { socket, subscriptions }: Connection,
  request: SubscribeRequest,
): Promise<void> {
  const fault = context.faults.take(`${request.kind}Subscribe`);
  await sufferBefore(fault, request.signal);
  if (subscriptions.size >= subscriptionsPerSocketMax) {
    throw invalidParams(`Too many subscriptions; max ${subscriptionsPerSocketMax}`);
  }
  const subscription = subscriptionKinds[request.kind]?.(context, {
    params: request.params,
    fault,
  });
  if (subscription === undefined) throw new RpcError(rpcCode.methodNotFound, 'Method not found');
  lastSubscriptionId += 1;
  const subscriptionId = lastSubscriptionId;
  send(socket, { jsonrpc: '2.0', result: subscriptionId, id: request.id });
  if (fault?.action === 'drop') return;
  subscriptions.set(subscriptionId, subscription);
  deliver(socket, subscriptions, subscriptionId, toList(subscription.start?.()));
}

function endSubscription({ subscriptions }: Connection, id: unknown): boolean {
  return subscriptions.delete(
    readInteger(id, 'the subscription', { min: 0, max: Number.MAX_SAFE_INTEGER }),
  );
}

function notifyAll(
  sockets: ReadonlyMap<WebSocket, Subscriptions>,
  ask: (subscription: Subscription) => readonly Notification[],
): void {
  for (const [socket, subscriptions] of sockets) {
    for (const [id, subscription] of subscriptions) {
      deliver(socket, subscriptions, id, ask(subscription));
    }
  }
}

function deliver(
  socket: WebSocket,
  subscriptions: Subscriptions,
  id: number,
  notifications: readonly Notification[],
): void {
  for (const { method, result, last } of notifications) {
    send(socket, { jsonrpc: '2.0', method, params: { result, subscription: id } });
    if (last === true) subscriptions.delete(id);
  }
}

function toList(notification: Notification | null | undefined): Notification[] {
  return notification ? [notification] : [];
}

function send(socket: WebSocket, message: unknown): void {
  if (socket.bufferedAmount > websocketBacklogBytesMax) socket.terminate();
  else socket.send(stringifyJson(message));
}
