import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { isMarketError, MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { agentChannelCloses } from '@node3/shared/routes/agent-channel';
import { type WebSocket, WebSocketServer } from 'ws';
import type { KeyHolders } from '../../services/key-holders.ts';
import type { Authenticator } from '../auth.ts';
import { refuseUpgrade } from '../refuse-upgrade.ts';
import { AgentSession, type ConnectedAgent, type SessionDeps } from './agent-session.ts';
import { FrameWriter } from './frame-writer.ts';
import { LivenessWheel } from './liveness-wheel.ts';

export interface ChannelDeps extends Omit<SessionDeps, 'writer' | 'onSettled'> {
  auth: Pick<Authenticator, 'agent' | 'keyIdOf'>;
  keyHolders: Pick<KeyHolders, 'hold'>;
}

/** At the end, answers under way get this long, and then the other ends get as long to hang up. */
const stopGraceMs = 2_000;
const stopCheckMs = 10;

const serverOptions = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: limits.agentFrameBytes,
  closeTimeout: stopGraceMs,
};

/**
 * All sockets of agents. They are upgraded here and not by the framework, which would keep the whole
 * request of each for as long as it is open, and has one frame limit for browsers and agents.
 */
export class AgentChannel {
  readonly #deps: SessionDeps;
  readonly #auth: ChannelDeps['auth'];
  readonly #keyHolders: ChannelDeps['keyHolders'];
  readonly #wheel: LivenessWheel;
  readonly #sessions = new Map<AgentSession, WebSocket>();
  /** Sockets that have not said hello, one for each key: so nobody holds thousands of them. */
  readonly #unknown = new Map<string, AgentSession>();
  readonly #server = new WebSocketServer(serverOptions);

  constructor({ auth, keyHolders, ...deps }: ChannelDeps) {
    this.#auth = auth;
    this.#keyHolders = keyHolders;
    this.#wheel = new LivenessWheel(() => deps.clock.monotonicMs());
    this.#deps = {
      ...deps,
      writer: new FrameWriter(),
      onSettled: (session) => {
        if (this.#unknown.get(session.agentId) === session) this.#unknown.delete(session.agentId);
      },
    };
    deps.stopping.addEventListener('abort', () => this.#retireAll(), { once: true });
  }

  start(): void {
    this.#wheel.start();
  }

  /** Looks at a tenth of the sockets, as the timer does each second. */
  tick(): void {
    this.#wheel.tick();
  }

  /** Finds out who asks before the socket is opened; whoever may not gets an HTTP problem. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const onError = () => socket.destroy();
    socket.on('error', onError);
    try {
      if (this.#deps.stopping.aborted) throw new MarketError('SERVICE_STOPPING');
      const agent = await this.#auth.agent(request);
      const keyId = this.#auth.keyIdOf(request);
      socket.off('error', onError);
      const { agentId, name, wallet } = agent;
      this.#server.handleUpgrade(request, socket, head, (opened) => {
        this.#open(opened, { agentId, name, wallet }, keyId);
      });
    } catch (error) {
      const known = isMarketError(error) ? error : new MarketError('INTERNAL');
      if (known.status >= 500) this.#deps.log.warn({ err: error }, 'agent socket was refused');
      if (known.code.startsWith('AUTH_')) this.#deps.measures.refused(known.code);
      refuseUpgrade(socket, known);
    }
  }

  /** Waits for the answers under way, then closes every socket; agents come back by themselves. */
  async stop(): Promise<void> {
    this.#wheel.stop();
    this.#retireAll();
    const untilMs = performance.now() + stopGraceMs;
    const isBusy = () => [...this.#sessions.keys()].some(({ inFlight }) => inFlight > 0);
    while (isBusy() && performance.now() < untilMs) await delay(stopCheckMs);
    for (const session of this.#sessions.keys()) {
      session.close(agentChannelCloses.restarting, 'the marketplace restarts');
    }
    const goneByMs = performance.now() + stopGraceMs;
    while (this.#sessions.size > 0 && performance.now() < goneByMs) await delay(stopCheckMs);
    for (const socket of this.#sessions.values()) socket.terminate();
  }

  #retireAll(): void {
    for (const session of this.#sessions.keys()) session.retire();
  }

  #open(socket: WebSocket, agent: ConnectedAgent, keyId: string): void {
    const session = new AgentSession(this.#deps, socket, agent);
    this.#sessions.set(session, socket);
    this.#unknown
      .get(agent.agentId)
      ?.end(new MarketError('AGENT_SUPERSEDED', { agentId: agent.agentId }));
    this.#unknown.set(agent.agentId, session);
    const leaveWheel = this.#wheel.add(session);
    const leaveKey = this.#keyHolders.hold(agent.agentId, keyId, (why) => session.end(why));
    socket.on('message', (data, isBinary) => {
      session.receive(data as Buffer, isBinary ? 'binary' : 'text');
    });
    socket.on('pong', () => session.heard());
    // ws closes the socket itself, with the code that says what was wrong with the frame.
    socket.on('error', () => session.retire());
    socket.once('close', () => {
      leaveWheel();
      leaveKey();
      session.retire();
      this.#sessions.delete(session);
    });
  }
}
