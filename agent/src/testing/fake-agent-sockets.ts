import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RouteContract } from '@node3/shared/contract';
import type { Offer } from '@node3/shared/device';
import { isMarketError, MarketError, toProblem } from '@node3/shared/error';
import { createMessageValidator } from '@node3/shared/http/request-validator';
import { limits } from '@node3/shared/limits';
import { readLogsFrame } from '@node3/shared/logs-frame';
import { toFrames } from '@node3/shared/message-frames';
import {
  AgentRequest,
  agentChannelCloses,
  agentChannelProtocol,
  agentChannelUrl,
  type ReadyRequest,
} from '@node3/shared/routes/agent-channel';
import {
  type AgentMessage,
  acceptExecution,
  appendLogs,
  heartbeatAgent,
  releaseExecution,
  reportProgress,
  reportResult,
} from '@node3/shared/routes/agents';
import { type WebSocket, WebSocketServer } from 'ws';

export interface FakeSocketDeps {
  authorize(authorization: string | undefined): boolean;
  /** What the route answers. */
  handle(contract: RouteContract, body: object, params: object): Promise<unknown>;
  /** An agent says what it offers. Throws what is wrong with that. */
  hear(offer: Offer): void;
  /** What there is to say, with an offer where there is a claim. */
  take(claimId: string | null): AgentMessage[];
  /** An agent says hello. @returns offers that were made before and have to be made again. */
  greet(): AgentMessage[];
  /** Whether the answer to this path gets lost, and its socket with it. */
  losesReply(url: string): boolean;
}

const contracts = {
  heartbeat: heartbeatAgent,
  accept: acceptExecution,
  release: releaseExecution,
  progress: reportProgress,
  logs: appendLogs,
  result: reportResult,
} as const;

const validate = createMessageValidator(AgentRequest);

interface Session {
  socket: WebSocket;
  seq: number;
  greeted: boolean;
  room: number;
  /** Numbers of the offers made on it. */
  offers: number[];
}

/** The socket of a marketplace for tests, with the conversation of the real one and its bad days. */
export class FakeAgentSockets {
  readonly #deps: FakeSocketDeps;
  readonly #sessions = new Set<Session>();
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: limits.agentFrameBytes });
  /** Each message that came, such as `accept`. */
  readonly received: string[] = [];
  /** How many sockets were opened. */
  opened = 0;
  /** A proxy in between does not let sockets through. */
  refused = false;
  /** False for an older marketplace. */
  takesLogBlocks = true;
  takesLogBytes = true;
  /** In which forms lines came, by whatever way; `bytes` are blocks, too. */
  readonly logForms = new Set<'lines' | 'blocks' | 'bytes'>();
  #claims = 0;

  constructor(server: Server, deps: FakeSocketDeps) {
    this.#deps = deps;
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const allowed = request.url === agentChannelUrl && !this.refused;
      if (!allowed || !deps.authorize(request.headers.authorization)) {
        socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
        return;
      }
      this.#server.handleUpgrade(request, socket, head, (opened) => this.#open(opened));
    });
  }

  /** How many agents said hello and are still there. */
  get size(): number {
    return [...this.#sessions].filter(({ greeted }) => greeted).length;
  }

  /** Cuts every connection without a word. */
  cut(): void {
    for (const { socket } of this.#sessions) socket.terminate();
  }

  /** Closes the sockets that an agent has lost, since it polls. */
  supersede(): void {
    for (const { greeted, socket } of this.#sessions) {
      if (greeted) socket.close(agentChannelCloses.superseded);
    }
  }

  /** Says that the marketplace restarts. */
  restart(): void {
    for (const { socket } of this.#sessions) socket.close(agentChannelCloses.restarting);
  }

  /** Gives every agent what there is for it. */
  serve(): void {
    for (const session of this.#sessions) this.#serve(session);
  }

  /** Throws REQUEST_INVALID for a form that an older marketplace does not know. */
  noteLogForm(form: 'lines' | 'blocks'): void {
    this.logForms.add(form);
    if (form === 'blocks' && !this.takesLogBlocks) throw new MarketError('REQUEST_INVALID');
  }

  #open(socket: WebSocket): void {
    const session: Session = { socket, seq: 0, greeted: false, room: 0, offers: [] };
    this.#sessions.add(session);
    this.opened += 1;
    socket.on('close', () => this.#sessions.delete(session));
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.logForms.add('bytes');
      const frame = isBinary ? readLogsFrame(data) : (JSON.parse(data.toString()) as unknown);
      for (const message of Array.isArray(frame) ? frame : [frame]) {
        void this.#answer(session, message);
      }
    });
  }

  async #answer(session: Session, message: unknown): Promise<void> {
    const { id } = Object(message) as { id: number };
    try {
      const errors = validate(message);
      if (errors.length > 0) throw new MarketError('REQUEST_INVALID', { errors });
      const request = message as AgentRequest;
      this.received.push(request.type);
      const body = await this.#handle(session, request);
      this.#send(session, [{ type: 'reply', id, body }]);
      if (request.type === 'hello') this.#number(session, this.#deps.greet());
      this.#serve(session);
    } catch (error) {
      const known = isMarketError(error)
        ? error
        : new MarketError('INTERNAL', {}, { cause: error });
      this.#send(session, [{ type: 'problem', id, problem: toProblem(known) }]);
    }
  }

  async #handle(session: Session, request: AgentRequest): Promise<unknown> {
    if (request.type === 'hello') {
      session.greeted = true;
      const takes = [
        ...(this.takesLogBlocks ? ['log-blocks'] : []),
        ...(this.takesLogBytes ? ['log-bytes'] : []),
      ];
      return { protocol: agentChannelProtocol, ...(takes.length === 0 ? {} : { takes }) };
    }
    if (!session.greeted) throw new MarketError('REQUEST_INVALID');
    if (request.type === 'ready') {
      this.#deps.hear(request.offer);
      const unseen = session.offers.filter((seq) => seq > request.lastSeq).length;
      session.room = roomOf(request) - unseen;
      return {};
    }
    const { id: _, type, ...fields } = request;
    const { executionId, ...body } = { executionId: '', ...fields };
    const contract = contracts[type];
    const reply = await this.#deps.handle(contract, body, { executionId });
    if (this.#deps.losesReply(contract.url)) session.socket.terminate();
    return reply;
  }

  #serve(session: Session): void {
    if (!session.greeted) return;
    for (;;) {
      this.#claims += 1;
      const claimId = session.room > 0 ? `socket-claim-${this.#claims}` : null;
      const messages = this.#deps.take(claimId);
      if (messages.length === 0) return;
      session.room -= messages.filter(({ type }) => type === 'offer').length;
      this.#number(session, messages);
      // An offer may be handled by this process and its answer be lost, like one of a poll.
      if (this.#deps.losesReply('/poll')) session.socket.terminate();
    }
  }

  #number(session: Session, messages: readonly AgentMessage[]): void {
    const numbered = messages.map((message) => {
      session.seq += 1;
      if (message.type === 'offer') session.offers.push(session.seq);
      return { seq: session.seq, ...message };
    });
    this.#send(session, numbered);
  }

  #send({ socket }: Session, messages: readonly object[]): void {
    if (socket.readyState !== socket.OPEN) return;
    for (const frame of toFrames(messages.map((message) => JSON.stringify(message)))) {
      socket.send(frame);
    }
  }
}

/** How many jobs of the usual size fit. */
function roomOf({ wantsWork, freeCpus, freeSlots }: ReadyRequest): number {
  return wantsWork ? Math.min(freeSlots, Math.floor(freeCpus)) : 0;
}
