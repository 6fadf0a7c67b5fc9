import { createLogger } from '@node3/shared/logger';
import {
  type AgentRequest,
  agentChannelCloses,
  type ChannelMessage,
} from '@node3/shared/routes/agent-channel';
import type { WebSocket } from 'ws';
import type { Core } from '../../core.ts';
import { AgentSession, type SessionDeps } from '../../http/agent-channel/agent-session.ts';
import { FrameWriter } from '../../http/agent-channel/frame-writer.ts';
import type { RunTrace } from '../run-trace.ts';
import type { MarketLife } from './market-life.ts';
import type { AnswerOf, AskOf } from './operations.ts';
import type { SimSocket } from './sim-socket.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { SimWitness } from './witness.ts';

interface ChannelParts {
  core: Core;
  life: MarketLife;
  time: VirtualTime;
  trace: RunTrace;
  witness: () => SimWitness | null;
}

type Routed = Exclude<AgentRequest, { type: 'hello' | 'ready' }>;

/** What came through one socket and was not answered yet. */
interface Heard {
  instanceId: string;
  /** When it said hello: its offers were made since. */
  helloAtMs: number;
  requests: Map<number, { request: Routed; askedAtMs: number }>;
}

/** How often each socket is asked whether its other end lives, as the real wheel does it. */
const lookMs = 10_000;

/** The agents' sockets of one process: the real session on a socket that is not one. */
export class SimChannel {
  readonly #parts: ChannelParts;
  readonly #deps: SessionDeps;
  readonly #sockets = new Set<SimSocket>();

  constructor(parts: ChannelParts) {
    this.#parts = parts;
    this.#deps = {
      ...parts.core,
      log: createLogger({ name: 'channel', level: 'silent' }),
      writer: new FrameWriter(),
      stopping: new AbortController().signal,
      onSettled: () => undefined,
    };
  }

  /** The process is gone, and the system says so to whoever is connected. */
  hangUp(): void {
    for (const socket of this.#sockets) socket.close();
  }

  async open(socket: SimSocket, agentId: string): Promise<void> {
    const { core, life, time } = this.#parts;
    const agent = await core.store.agent(agentId);
    if (agent === null || life.dead) return;
    if (agent.state === 'disabled') {
      socket.close(agentChannelCloses.refused);
      return;
    }
    const heard: Heard = { instanceId: '', helloAtMs: time.nowMs(), requests: new Map() };
    const webSocket = this.#watched(socket, agentId, heard);
    const session = new AgentSession(this.#deps, webSocket, agent);
    this.#sockets.add(socket);
    socket.on('message', (data: Buffer) => {
      time.become(life);
      const askedAtMs = time.nowMs();
      for (const request of messagesOf<AgentRequest>(data.toString())) {
        if (request.type === 'hello') {
          heard.instanceId = request.instanceId;
          heard.helloAtMs = askedAtMs;
        } else if (request.type !== 'ready') heard.requests.set(request.id, { request, askedAtMs });
      }
      session.receive(data, 'text');
    });
    socket.on('pong', () => session.heard());
    socket.once('close', () => {
      session.retire();
      this.#sockets.delete(socket);
    });
    const look = () => {
      if (!this.#sockets.has(socket)) return;
      session.look(time.monotonicMs());
      time.after(lookMs, look, life);
    };
    time.after(lookMs, look, life);
  }

  /** The socket as the session has it: what leaves through it has been said. */
  #watched(socket: SimSocket, agentId: string, heard: Heard): WebSocket {
    const { life, time, trace } = this.#parts;
    const watched = Object.create(socket, {
      send: {
        value: (text: string) => {
          if (life.dead) return;
          trace.add(`${time.monotonicMs()} ${agentId} is told ${text}`);
          for (const message of messagesOf<ChannelMessage>(text)) {
            this.#said(message, agentId, heard);
          }
          socket.send(text);
        },
      },
      readyState: { get: () => socket.readyState },
      close: { value: (code: number) => socket.close(code) },
      terminate: { value: () => socket.terminate() },
      ping: { value: () => socket.ping() },
    }) as unknown;
    return watched as WebSocket;
  }

  #said(message: ChannelMessage, agentId: string, heard: Heard): void {
    const witness = this.#parts.witness();
    if (message.type === 'offer' || message.type === 'cancel') {
      const ask = { agentId, body: {} } as AskOf<'poll'>;
      witness?.answered('poll', ask, { messages: [message] }, heard.helloAtMs);
    }
    if (message.type !== 'reply') return;
    const asked = heard.requests.get(message.id);
    heard.requests.delete(message.id);
    if (asked === undefined) return;
    const { request, askedAtMs } = asked;
    if (request.type === 'heartbeat') {
      const { executions, samples } = request;
      const ask = { agentId, body: { instanceId: heard.instanceId, executions, samples } };
      witness?.answered('heartbeat', ask, message.body as AnswerOf<'heartbeat'>, askedAtMs);
      return;
    }
    const { type, executionId, attempt, leaseToken } = request;
    const ask = { ...request, agentId, executionId, fence: { attempt, leaseToken } };
    witness?.answered(type, ask, message.body as never, askedAtMs);
  }
}

function messagesOf<Message>(text: string): Message[] {
  const frame = JSON.parse(text) as Message | Message[];
  return Array.isArray(frame) ? frame : [frame];
}
