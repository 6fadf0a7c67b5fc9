import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  request as requestHttp,
  type Server,
  type ServerResponse,
} from 'node:http';
import { BlockList, connect, isIP, type LookupFunction, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '@node3/shared/clock';
import type { Logger } from '@node3/shared/logger';
import type { EgressPolicy } from './egress-policy.ts';
import {
  type EgressRefusal,
  type EgressTarget,
  findTarget,
  type HostLookup,
  lookupSystem,
  readPlainTarget,
  readTunnelTarget,
} from './egress-target.ts';
import {
  answerRefusal,
  endToEnd,
  frameOf,
  headBytes,
  onlyTls,
  unreachable,
  usedUp,
  writeRefusal,
} from './proxy-answers.ts';
import { TrafficMeter } from './traffic-meter.ts';

/** Opens a connection to one of the addresses of a target and to no other. */
export type Dial = (target: EgressTarget) => Socket;

export interface EgressProxyDeps {
  policy: EgressPolicy;
  clock: Clock;
  log: Logger;
  /** Tests give their own. */
  lookup?: HostLookup;
  dial?: Dial;
}

/** Where the proxy listens and who may use it. */
export interface EgressPlace {
  /** The host's own address in the job's network. */
  gateway: string;
  /** The job's network, such as `172.18.0.0/16`. */
  subnet: string;
  /** 0 takes any free one. */
  port: number;
}

/** Silence after which a connection is cut, milliseconds. */
const idleMs = 300_000;
const connectMs = 10_000;
const headersMs = 10_000;
const headerBytesMax = 16 * 1024;
/** Refusals of one job that are written to the agent's log; a job may try forever. */
const refusalsLoggedMax = 20;

/**
 * The only way out for one job: an HTTP proxy on the host's address in that job's network. It looks
 * names up itself, so the job needs no DNS; it reaches public addresses of allowed hosts on the ports
 * of HTTP and TLS; it counts and slows all bytes. It never listens on, or leads to, this machine.
 */
export class EgressProxy {
  readonly port: number;
  readonly #deps: EgressProxyDeps;
  readonly #jobHosts: readonly string[];
  readonly #meter: TrafficMeter;
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();
  #refusals = 0;

  private constructor(deps: EgressProxyDeps, hosts: readonly string[], server: Server) {
    this.#deps = deps;
    this.#jobHosts = hosts;
    this.#meter = new TrafficMeter(deps.policy, deps.clock);
    this.#server = server;
    const address = server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
    server.on('connect', (request, socket, head) => void this.#tunnel(request, socket, head));
    server.on('request', (request, reply) => void this.#forward(request, reply));
    server.on('upgrade', (_request, socket) => socket.destroy());
    server.on('clientError', (_error, socket) => socket.destroy());
  }

  /** @throws the system's error when the place can't be listened on. */
  static async open(
    deps: EgressProxyDeps,
    hosts: readonly string[],
    { gateway, subnet, port }: EgressPlace,
  ): Promise<EgressProxy> {
    const limits = {
      maxHeaderSize: headerBytesMax,
      headersTimeout: headersMs,
      requestTimeout: 0,
      keepAliveTimeout: headersMs,
    };
    const server = createServer(limits);
    server.maxConnections = deps.policy.connectionsMax;
    const members = membersOf(subnet);
    server.on('connection', (socket: Socket) => {
      const from = socket.remoteAddress ?? '';
      // Programs of this machine come from the gateway's address, others from outside the network.
      if (from === gateway || isIP(from) !== 4 || !members.check(from)) socket.destroy();
      else socket.setTimeout(idleMs, () => socket.destroy());
    });
    server.listen(port, gateway);
    await once(server, 'listening');
    return new EgressProxy(deps, hosts, server);
  }

  /** Bytes both ways since it was opened. */
  get bytes(): number {
    return this.#meter.bytes;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #tunnel(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    this.#hold(client);
    const target = await this.#find(readTunnelTarget(request.url ?? ''));
    if ('status' in target) {
      client.end(writeRefusal(target));
      return;
    }
    const remote = await this.#dial(target);
    if (remote === null) {
      client.end(writeRefusal(unreachable(target)));
      return;
    }
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) client.unshift(head);
    const ways = [
      pipeline(
        client,
        (source: AsyncIterable<Buffer>) => this.#meter.pass(onlyTls(source)),
        remote,
      ),
      pipeline(remote, (source: AsyncIterable<Buffer>) => this.#meter.pass(source), client),
    ];
    // One way that breaks ends both; one that ends leaves the other open.
    for (const way of ways) {
      way.catch(() => {
        client.destroy();
        remote.destroy();
      });
    }
    await Promise.allSettled(ways);
  }

  async #forward(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const read = readPlainTarget(request.url ?? '');
    const target = await this.#find(read);
    if ('status' in target || 'status' in read) {
      answerRefusal(reply, 'status' in target ? target : (read as EgressRefusal));
      return;
    }
    try {
      await this.#meter.pay(headBytes(request));
    } catch {
      answerRefusal(reply, usedUp);
      return;
    }
    const remote = await this.#dial(target);
    if (remote === null) {
      answerRefusal(reply, unreachable(target));
      return;
    }
    const sent = requestHttp({
      createConnection: () => remote,
      method: request.method ?? 'GET',
      path: read.path,
      // The host that was checked, whatever the job wrote there.
      headers: {
        ...endToEnd(request.headers),
        ...frameOf(request.headers),
        host: read.host,
        connection: 'close',
      },
      setHost: false,
      maxHeaderSize: headerBytesMax,
    });
    try {
      const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
      const pass = (source: AsyncIterable<Buffer>) => this.#meter.pass(source);
      const uploaded = pipeline(request, pass, sent);
      uploaded.catch(() => remote.destroy());
      const [answer] = await answered;
      await this.#meter.pay(headBytes(answer));
      reply.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
      await pipeline(answer, pass, reply);
    } catch {
      if (reply.headersSent) reply.destroy();
      else answerRefusal(reply, unreachable(target));
    } finally {
      remote.destroy();
    }
  }

  async #find(
    read: { host: string; port: number } | EgressRefusal,
  ): Promise<EgressTarget | EgressRefusal> {
    const { policy, lookup } = this.#deps;
    const found =
      'status' in read
        ? read
        : await findTarget(read, {
            jobHosts: this.#jobHosts,
            policyHosts: policy.hosts,
            lookup: lookup ?? lookupSystem,
          });
    const result = this.#meter.isUsedUp && !('status' in found) ? usedUp : found;
    if ('status' in result) this.#logRefusal(result);
    return result;
  }

  /** @returns null when the target does not answer. */
  async #dial(target: EgressTarget): Promise<Socket | null> {
    const remote = (this.#deps.dial ?? dialPinned)(target);
    this.#hold(remote);
    try {
      await once(remote, 'connect', { signal: AbortSignal.timeout(connectMs) });
      remote.setTimeout(idleMs, () => remote.destroy());
      return remote;
    } catch {
      remote.destroy();
      return null;
    }
  }

  /** Closed with the proxy. An error is told by the pipeline, and the process must not end of it. */
  #hold(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #logRefusal({ sentence }: EgressRefusal): void {
    this.#refusals += 1;
    if (this.#refusals > refusalsLoggedMax) return;
    this.#deps.log.info({ sentence: sentence.slice(0, 300) }, 'egress refused');
  }
}

function membersOf(subnet: string): BlockList {
  const [base = '', bits = ''] = subnet.split('/');
  const members = new BlockList();
  members.addSubnet(base, Number(bits), 'ipv4');
  return members;
}

/** The resolver is not asked again: what was checked is what is reached. */
const dialPinned: Dial = ({ host, addresses, port }) => {
  const lookup: LookupFunction = (_host, options, done) => {
    const all = addresses.map((address) => ({ address, family: isIP(address) }));
    const [first] = all;
    if (options.all || first === undefined) done(null, all);
    else done(null, first.address, first.family);
  };
  return connect({ host, port, lookup, allowHalfOpen: true });
};
