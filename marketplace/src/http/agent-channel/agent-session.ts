import { isMarketError, MarketError, toProblem } from '@node3/shared/error';
import { knownStates } from '@node3/shared/http/error-handler';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import { toFrames } from '@node3/shared/message-frames';
import {
  type AgentRequest,
  agentChannelCloses,
  agentChannelProtocol,
  type ChannelMessage,
  type HelloReply,
  type ReadyRequest,
} from '@node3/shared/routes/agent-channel';
import type { AgentMessage } from '@node3/shared/routes/agents';
import type { WebSocket } from 'ws';
import type { AgentLink, AgentLinks } from '../../services/agent-links.ts';
import { checkOffer } from '../../services/check-offer.ts';
import type { LeaseDeps } from '../../services/claim-job.ts';
import { JobTaking, type JobTakingDeps } from '../../services/job-taking.ts';
import { messagesOwed } from '../../services/messages-owed.ts';
import type { PollTurns } from '../../services/poll-turns.ts';
import type { AgentPresence } from '../../services/presence.ts';
import type { SecretSealer } from '../../services/secret-sealer.ts';
import type { AgentRow } from '../../store/rows.ts';
import { type AnswerDeps, answerRequest } from './answer-request.ts';
import type { FrameWriter, Outlet } from './frame-writer.ts';
import type { Watched } from './liveness-wheel.ts';
import { readFrame } from './read-frame.ts';

export interface SessionDeps extends AnswerDeps {
  sealer: SecretSealer;
  offerOf: LeaseDeps['offerOf'];
  log: Logger;
  agentLinks: AgentLinks;
  pollTurns: PollTurns;
  providers: JobTakingDeps['providers'];
  writer: FrameWriter;
  stopping: AbortSignal;
  /** The session has ended or said who it is: it no longer waits to be known. */
  onSettled(session: AgentSession): void;
}

/** Who opened a socket; not the whole row, which would be kept as long as the socket. */
export type ConnectedAgent = Pick<AgentRow, 'agentId' | 'wallet' | 'name'>;

/** Errors after which an agent has no business here: its socket is closed with the problem. */
const endings = { AGENT_SUPERSEDED: 'superseded', AGENT_DISABLED: 'refused' } as const;
/** The same for what ends a socket and no request; anything else is refused for good. */
const reasons = { ...endings, STORE_UNAVAILABLE: 'restarting' } as const;

/** One open socket of one agent. Holds nothing that the store does not have. */
export class AgentSession implements AgentLink, Outlet, Watched {
  readonly #agent: ConnectedAgent;
  readonly #deps: SessionDeps;
  readonly #socket: WebSocket;
  #state: 'new' | 'open' | 'closed' = 'new';
  #presence: AgentPresence | null = null;
  #taking: JobTaking | null = null;
  #leaveLinks: (() => void) | null = null;
  #outbound: string[] = [];
  readonly #openedAtMs: number;
  #heardAtMs: number;
  #inFlight = 0;
  #seq = 0;
  /** What was offered before and not accepted, once. */
  #sayOffers: () => Promise<void> = () => Promise.resolve();
  #offersSaid: Promise<void> | null = null;

  constructor(deps: SessionDeps, socket: WebSocket, agent: ConnectedAgent) {
    this.#deps = deps;
    this.#socket = socket;
    this.#agent = agent;
    this.#openedAtMs = deps.clock.monotonicMs();
    this.#heardAtMs = this.#openedAtMs;
  }

  get agentId(): string {
    return this.#agent.agentId;
  }

  /** Requests whose answer is not out yet. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Handles all messages of one frame in one turn, so that what they write shares a commit. */
  receive(data: Buffer, kind: 'text' | 'binary'): void {
    if (this.#state === 'closed') return;
    this.heard();
    for (const { request, ...wrong } of readFrame(data, kind)) {
      if (request !== null) this.#take(request);
      else if ('id' in wrong) this.#refuse(wrong.id, wrong.problem);
    }
  }

  /** Its other end lives. */
  heard(): void {
    this.#heardAtMs = this.#deps.clock.monotonicMs();
    if (this.#presence !== null) this.#deps.presence.touch(this.#presence);
  }

  say(message: AgentMessage): void {
    this.#number(message);
  }

  refresh(): void {
    this.#taking?.refresh();
  }

  end(reason: MarketError): void {
    const { code } = reason;
    const why = code in reasons ? reasons[code as keyof typeof reasons] : 'refused';
    this.#refuse(null, reason);
    this.close(agentChannelCloses[why], code);
  }

  look(nowMs: number): void {
    const silentMs = nowMs - this.#heardAtMs;
    const isLate = this.#state === 'new' && nowMs - this.#openedAtMs >= limits.agentHelloMs;
    if (isLate || silentMs >= limits.agentSilentMs) this.close(agentChannelCloses.silent, 'silent');
    else if (silentMs >= limits.agentPingMs) this.#socket.ping();
  }

  flush(): void {
    this.#write();
    if (this.#state === 'closed') return;
    if (this.#socket.bufferedAmount <= limits.agentBacklogBytes) return;
    this.#deps.measures.streams.dropped('agent');
    this.#deps.log.warn({ agentId: this.agentId }, 'agent does not read its socket');
    this.close(agentChannelCloses.slowReader, 'too much unread');
  }

  /** Takes no requests from now on, and no jobs. Answers under way still go out. */
  retire(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    void this.#taking?.stop();
    this.#leaveLinks?.();
    if (this.#presence !== null) this.#deps.presence.left(this.#presence);
    this.#deps.onSettled(this);
  }

  /** Sends what there is, then closes; an other end that is gone is not waited for. */
  close(code: number, reason: string): void {
    this.retire();
    this.#write();
    this.#socket.close(code, reason);
    if (code === agentChannelCloses.silent) this.#socket.terminate();
  }

  #write(): void {
    const messages = this.#outbound;
    this.#outbound = [];
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    for (const frame of toFrames(messages)) this.#socket.send(frame);
  }

  #take(request: AgentRequest): void {
    if (this.#inFlight >= limits.agentRequestsInFlight) {
      const detail = `At most ${limits.agentRequestsInFlight} requests may wait for their answers.`;
      this.#refuse(request.id, new MarketError('RATE_LIMITED', { detail, retryAfterSec: 1 }));
      return;
    }
    this.#inFlight += 1;
    void this.#answer(request);
  }

  async #answer(request: AgentRequest): Promise<void> {
    const { id } = request;
    try {
      this.#send({ type: 'reply', id, body: await this.#handle(request) });
    } catch (error) {
      this.#fail(id, error);
    } finally {
      this.#inFlight -= 1;
    }
  }

  /** Not async: what a request writes must be queued before the next message of its frame. */
  #handle(request: AgentRequest): Promise<unknown> {
    if (request.type === 'hello') return this.#hello(request);
    const presence = this.#presence;
    if (presence === null) {
      const detail = 'The first message on a socket is hello.';
      return Promise.reject(new MarketError('REQUEST_INVALID', { detail }));
    }
    if (request.type === 'ready') return this.#ready(request, presence);
    if (request.type === 'heartbeat') this.#taking?.retry();
    return answerRequest(this.#deps, presence, request);
  }

  async #hello(request: Extract<AgentRequest, { type: 'hello' }>): Promise<HelloReply> {
    if (request.protocol !== agentChannelProtocol) {
      const detail = `This marketplace speaks version ${agentChannelProtocol} of the protocol.`;
      throw new MarketError('REQUEST_INVALID', { detail });
    }
    const { agentLinks, homes, pollTurns, presence } = this.#deps;
    const { agentId } = this;
    this.#presence = presence.seen(this.#agent, request.instanceId);
    const before = agentLinks.of(agentId);
    this.#state = 'open';
    this.#leaveLinks = agentLinks.open(agentId, this);
    this.#deps.onSettled(this);
    if (before !== this) before?.end(new MarketError('AGENT_SUPERSEDED', { agentId }));
    // A long poll that is still open here leases to a connection that nobody reads any more.
    await pollTurns.end(agentId);
    await homes.arrive(agentId, request.instanceId);
    // After a restart nobody knows what it reads, nor its key for secrets, before its first word.
    const isKnown = this.#presence.offer !== null;
    await this.#sayOwed((message) => isKnown || message.type !== 'offer');
    if (!isKnown) this.#sayOffers = () => this.#sayOwed(({ type }) => type === 'offer');
    const takes = ['log-blocks', 'log-bytes', 'usage', 'usage-numbers'] as const;
    return { protocol: agentChannelProtocol, takes };
  }

  async #ready(request: ReadyRequest, presence: AgentPresence): Promise<Record<string, never>> {
    checkOffer(request.offer);
    this.#deps.presence.noteOffer(presence, request.offer);
    presence.freeDeviceIds = request.freeDeviceIds;
    const offer = presence.offer ?? request.offer;
    await this.#sayOffersOnce();
    if (this.#state === 'open') await this.#jobTaking().ready({ ...request, offer });
    return {};
  }

  async #sayOffersOnce(): Promise<void> {
    this.#offersSaid ??= this.#sayOffers();
    try {
      await this.#offersSaid;
    } catch (error) {
      this.#offersSaid = null;
      throw error;
    }
  }

  async #sayOwed(isDue: (message: AgentMessage) => boolean): Promise<void> {
    const owed = await messagesOwed(this.#deps, this.agentId);
    for (const message of owed.filter(isDue)) {
      const seq = this.#number(message);
      if (message.type === 'offer') this.#jobTaking().note(seq, message);
    }
  }

  #jobTaking(): JobTaking {
    this.#taking ??= new JobTaking(this.#deps, {
      agentId: this.#agent.agentId,
      wallet: this.#agent.wallet,
      agentName: this.#agent.name,
      send: (offer) => this.#number(offer),
    });
    return this.#taking;
  }

  #fail(id: number, thrown: unknown): void {
    if (isMarketError(thrown, 'AGENT_SUPERSEDED') || isMarketError(thrown, 'AGENT_DISABLED')) {
      this.#refuse(id, thrown);
      this.close(agentChannelCloses[endings[thrown.code as keyof typeof endings]], thrown.code);
      return;
    }
    if (isMarketError(thrown) && thrown.status < 500) {
      this.#refuse(id, thrown);
      return;
    }
    if (isMarketError(thrown) && knownStates.includes(thrown.code)) {
      this.#deps.log.debug({ code: thrown.code, agentId: this.agentId }, 'agent request refused');
    } else {
      this.#deps.log.error({ err: thrown, agentId: this.agentId }, 'agent request failed');
    }
    const detail = 'Something went wrong on our side.';
    this.#refuse(id, isMarketError(thrown) ? thrown : new MarketError('INTERNAL', { detail }));
  }

  #refuse(id: number | null, problem: MarketError): void {
    this.#send({ type: 'problem', id, problem: toProblem(problem) });
  }

  #number(message: AgentMessage): number {
    this.#seq += 1;
    this.#send({ seq: this.#seq, ...message });
    return this.#seq;
  }

  #send(message: ChannelMessage): void {
    if (this.#outbound.length === 0) this.#deps.writer.schedule(this);
    this.#outbound.push(JSON.stringify(message));
  }
}
