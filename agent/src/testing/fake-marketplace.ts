import { EventEmitter, once } from 'node:events';
import { assert } from '@node3/shared/assert';
import type { BodyOf, ParamsOf, ReplyOf, RouteContract } from '@node3/shared/contract';
import type { Offer } from '@node3/shared/device';
import { MarketError } from '@node3/shared/error';
import { acceptContracts } from '@node3/shared/http/accept-contracts';
import { addRoute } from '@node3/shared/http/add-route';
import type { ImagePull } from '@node3/shared/image-pull';
import { completeJobSpec, type JobSpecInput } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { lineTexts } from '@node3/shared/log-blocks';
import { toMoney } from '@node3/shared/money';
import {
  type AgentMessage,
  acceptExecution,
  appendLogs,
  type ExecutionOffer,
  type ExecutionResult,
  type Fence,
  getAgentEarnings,
  heartbeatAgent,
  pollAgent,
  registerAgent,
  releaseExecution,
  reportProgress,
  reportResult,
} from '@node3/shared/routes/agents';
import { createChallenge } from '@node3/shared/routes/auth';
import { SequentialIds } from '@node3/shared/testing/sequential-ids';
import { composeChallenge } from '@node3/shared/wallet-challenge';
import { verifySignature } from '@node3/shared/wallet-key';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { FakeAgentSockets } from './fake-agent-sockets.ts';

/** What the marketplace knows about one execution. */
export interface FakeExecutionRecord {
  offer: ExecutionOffer;
  claimId: string;
  accepted: boolean;
  released: boolean;
  superseded: boolean;
  verdict: 'continue' | 'cancel' | 'stop';
  phases: string[];
  imagePulls: ImagePull[];
  isolation: string | null;
  heartbeats: number;
  lines: Map<number, string>;
  result: ExecutionResult | null;
  resultReports: number;
}

const images = {
  container: 'busybox',
  python: 'python',
  javascript: 'node',
  typescript: 'node',
  bash: 'busybox',
};

/**
 * A marketplace for tests: the real contracts over real HTTP, with fencing, one queue of jobs and
 * the faults of a bad day: answers that get lost, and no answers at all.
 */
export class FakeMarketplace {
  readonly executions = new Map<string, FakeExecutionRecord>();
  /** Every request that was handled, as `METHOD /path`. */
  readonly requests: string[] = [];
  /** What the last poll said. */
  lastPoll: BodyOf<typeof pollAgent> | null = null;
  /** What the last agent offered, whichever way. */
  lastOffer: Offer | null = null;
  /** Fields of offers that this marketplace refuses, as one does whose contract has no such field. */
  unknownFields: string[] = [];
  /** Comes with the answer to each heartbeat. */
  proof: ReplyOf<typeof heartbeatAgent>['proof'];
  leaseMs: number = limits.leaseMs;
  heartbeatMs: number = limits.heartbeatMs;
  registrations = 0;
  apiKey: string | null = null;
  readonly agentId: string;
  readonly #ids = new SequentialIds();
  readonly #challenges = new Map<string, { wallet: string; message: string }>();
  readonly #queue: ExecutionOffer[] = [];
  readonly #messages: AgentMessage[] = [];
  readonly #news = new EventEmitter();
  readonly #drops = new Map<string, number>();
  readonly #handlers = new Map<RouteContract, (body: object, params: object) => unknown>();
  readonly #app: FastifyInstance;
  /** The sockets of agents, which carry what the routes carry. */
  readonly sockets: FakeAgentSockets;
  #down = false;
  /** How often an agent said hello on a socket. */
  #greetings = 0;
  #wallet = '';
  url = '';

  constructor() {
    this.agentId = this.#ids.next('agent');
    this.#news.setMaxListeners(0);
    this.#app = Fastify({ bodyLimit: limits.agentBodyBytes, forceCloseConnections: true });
    this.#addFaults();
    acceptContracts(this.#app);
    this.#addSignIn();
    this.#addPoll();
    this.#addExecutionRoutes();
    this.sockets = new FakeAgentSockets(this.#app.server, {
      authorize: (key) => !this.#down && key === `Bearer ${this.apiKey}`,
      handle: async (contract, body, params) => {
        const handle = this.#handlers.get(contract);
        assert(handle !== undefined, `there is a handler of ${contract.url}`);
        return handle(body, params);
      },
      hear: (offer) => this.#hearOffer(offer),
      take: (claimId) => this.#take(claimId),
      greet: () => {
        // What a poll would answer now, nobody reads.
        this.#greetings += 1;
        this.#news.emit('news');
        return this.#unaccepted();
      },
      losesReply: (url) => this.#losesReply(url),
    });
  }

  async start(): Promise<void> {
    this.url = await this.#app.listen({ host: '127.0.0.1', port: 0 });
  }

  async stop(): Promise<void> {
    this.#news.emit('news');
    this.sockets.cut();
    await this.#app.close();
  }

  /** While down, connections are cut without an answer. */
  setDown(down: 'down' | 'up'): void {
    this.#down = down === 'down';
    if (this.#down) this.sockets.cut();
  }

  /** The next answers to paths that contain `part` get lost after the request was handled. */
  dropReplies(part: string, times = 1): void {
    this.#drops.set(part, times);
  }

  /** Queues a job. @returns the id of the execution that a claim will get. */
  post(input: Partial<JobSpecInput> = {}, offer: Partial<ExecutionOffer> = {}): string {
    const price = { kind: 'fixed' as const, reward: { amount: '0.01', asset: 'SOL' as const } };
    const workload = { kind: 'container' as const, command: ['true'] };
    const executionId = this.#ids.next('execution');
    this.#queue.push({
      type: 'offer',
      executionId,
      jobId: this.#ids.next('job'),
      attempt: 1,
      leaseToken: this.#ids.secret(32),
      acceptWithinMs: limits.offerAcceptMs,
      leaseMs: this.leaseMs,
      deviceIds: [],
      spec: completeJobSpec({ workload, price, ...input }, images),
      reward: price.reward,
      ...offer,
    });
    this.#tell();
    return executionId;
  }

  /** How many polls wait for news right now. */
  pollsWaiting(): number {
    return this.#news.listenerCount('news');
  }

  /** Sends a message with the next poll. */
  say(message: AgentMessage): void {
    this.#messages.push(message);
    this.#tell();
  }

  /** Sends an offer that was sent before once more, as a marketplace that lost its memory would. */
  repeatOffer(executionId: string): void {
    this.say(this.execution(executionId).offer);
  }

  execution(executionId: string): FakeExecutionRecord {
    const found = this.executions.get(executionId);
    assert(found !== undefined, `execution ${executionId} was offered`);
    return found;
  }

  #tell(): void {
    this.sockets.serve();
    this.#news.emit('news');
  }

  #addFaults(): void {
    this.#app.addHook('onRequest', async (request) => {
      if (this.#down) request.raw.socket.destroy();
    });
    this.#app.addHook('onSend', async (request: FastifyRequest, _: FastifyReply, payload) => {
      this.requests.push(`${request.method} ${request.url}`);
      if (this.#losesReply(request.url)) request.raw.socket.destroy();
      return payload;
    });
  }

  #losesReply(url: string): boolean {
    let isLost = false;
    for (const [part, times] of this.#drops) {
      if (!url.includes(part) || times === 0) continue;
      this.#drops.set(part, times - 1);
      isLost = true;
    }
    return isLost;
  }

  #route<C extends RouteContract>(
    contract: C,
    handle: (
      body: BodyOf<C>,
      params: ParamsOf<C>,
      request: FastifyRequest,
    ) => ReplyOf<C> | Promise<ReplyOf<C>>,
  ): void {
    this.#handlers.set(contract, (body, params) => Reflect.apply(handle, null, [body, params]));
    addRoute(this.#app, contract, {
      authenticate: async (request) => {
        if (contract.audience === 'agent') this.#authenticate(request);
        return null;
      },
      handler: async ({ body, params, request }) => handle(body, params, request),
    });
  }

  #authenticate(request: FastifyRequest): void {
    const key = request.headers.authorization;
    if (key !== `Bearer ${this.apiKey}`) throw new MarketError('AUTH_INVALID');
  }

  #addSignIn(): void {
    this.#route(createChallenge, ({ wallet, purpose }) => {
      const challengeId = this.#ids.next('challenge');
      const message = composeChallenge(
        { wallet, purpose, origin: new URL(this.url).origin },
        { cluster: 'localnet', nonce: challengeId, issuedAt: '', expiresAt: '' },
      );
      this.#challenges.set(challengeId, { wallet, message });
      return { challengeId, message, expiresAt: new Date().toISOString() };
    });
    this.#route(registerAgent, ({ challengeId, signature }) => {
      const challenge = this.#challenges.get(challengeId);
      this.#challenges.delete(challengeId);
      if (challenge === undefined) throw new MarketError('CHALLENGE_INVALID');
      const { message, wallet } = challenge;
      if (!verifySignature(wallet, new TextEncoder().encode(message), signature)) {
        throw new MarketError('SIGNATURE_INVALID');
      }
      this.registrations += 1;
      this.#wallet = wallet;
      this.apiKey = `key-${this.registrations}`;
      return { agentId: this.agentId, apiKey: this.apiKey };
    });
    const none = (asset: 'SOL' | 'USDC') => ({
      finalized: toMoney(0n, asset),
      pending: toMoney(0n, asset),
      today: toMoney(0n, asset),
    });
    this.#route(getAgentEarnings, () => ({
      agentId: this.agentId,
      name: 'test',
      wallet: this.#wallet,
      jobsSucceeded: [...this.executions.values()].filter(({ result }) => result !== null).length,
      jobsFailed: 0,
      earned: { SOL: none('SOL'), USDC: none('USDC') },
      payouts: [],
    }));
  }

  #addPoll(): void {
    this.#route(pollAgent, async (poll, _, request) => {
      const { claimId, waitSec } = poll;
      this.#hearOffer(poll.offer);
      this.lastPoll = poll;
      // An agent that polls has lost its socket, whatever this end of it believes.
      this.sockets.supersede();
      const gone = new AbortController();
      request.raw.socket.once('close', () => gone.abort());
      const late = AbortSignal.timeout(waitSec * 1000);
      const signal = AbortSignal.any([late, gone.signal]);
      const messages = this.#take(claimId);
      if (messages.length > 0 || this.#down) return { messages };
      const greetings = this.#greetings;
      await once(this.#news, 'news', { signal }).catch(() => undefined);
      const isOver = gone.signal.aborted || greetings !== this.#greetings;
      return { messages: isOver ? [] : this.#take(claimId) };
    });
    this.#route(heartbeatAgent, ({ executions }) => ({
      heartbeatMs: this.heartbeatMs,
      ...(this.proof !== undefined && { proof: this.proof }),
      executions: executions.map(({ executionId, ...fence }) => {
        const found = this.executions.get(executionId);
        const stale = found === undefined || !holdsFence(found, fence) || !found.accepted;
        if (stale) return { executionId, verdict: 'stop' as const, leaseMs: 0 };
        found.heartbeats += 1;
        return { executionId, verdict: found.verdict, leaseMs: this.leaseMs };
      }),
    }));
  }

  #hearOffer(offer: Offer): void {
    const errors = this.unknownFields
      .filter((field) => field in offer)
      .map((field) => ({ pointer: `/offer/${field}`, detail: 'is not a known field' }));
    if (errors.length > 0) throw new MarketError('REQUEST_INVALID', { errors });
    this.lastOffer = offer;
  }

  #take(claimId: string | null): AgentMessage[] {
    const messages = this.#messages.splice(0);
    if (claimId === null) return messages;
    const again = this.#unaccepted().find(
      ({ executionId }) => this.execution(executionId).claimId === claimId,
    );
    if (again !== undefined) return [...messages, again];
    const offer = this.#queue.shift();
    if (offer === undefined) return messages;
    this.executions.set(offer.executionId, {
      offer,
      claimId,
      accepted: false,
      released: false,
      superseded: false,
      verdict: 'continue',
      phases: [],
      imagePulls: [],
      isolation: null,
      heartbeats: 0,
      lines: new Map(),
      result: null,
      resultReports: 0,
    });
    return [...messages, offer];
  }

  /** Offers that were made and neither accepted nor given back. */
  #unaccepted(): ExecutionOffer[] {
    return [...this.executions.values()]
      .filter(({ accepted, released }) => !accepted && !released)
      .map(({ offer }) => offer);
  }

  #addExecutionRoutes(): void {
    this.#route(acceptExecution, (fence, { executionId }) => {
      this.#fenced(executionId, fence).accepted = true;
      return { leaseMs: this.leaseMs };
    });
    this.#route(releaseExecution, (fence, { executionId }) => {
      this.#fenced(executionId, fence).released = true;
      return { state: 'released' };
    });
    this.#route(reportProgress, ({ phase, isolation, imagePull, ...fence }, { executionId }) => {
      const found = this.#fenced(executionId, fence);
      if (imagePull === undefined) found.phases.push(phase);
      else found.imagePulls.push(imagePull);
      found.isolation = isolation ?? found.isolation;
      const verdict = found.verdict === 'cancel' ? ('cancel' as const) : ('continue' as const);
      return { verdict };
    });
    this.#route(appendLogs, ({ seqFirst, lines = [], blocks, ...fence }, { executionId }) => {
      const found = this.#fenced(executionId, fence);
      this.sockets.noteLogForm(blocks === undefined ? 'lines' : 'blocks');
      const texts = blocks?.flatMap(lineTexts) ?? lines.map(({ text }) => text);
      for (const [index, text] of texts.entries()) found.lines.set(seqFirst + index, text);
      return { ackedSeq: seqFirst + texts.length - 1 };
    });
    this.#route(reportResult, ({ result, ...fence }, { executionId }) => {
      const found = this.#fenced(executionId, fence);
      found.resultReports += 1;
      if (found.result !== null && JSON.stringify(found.result) !== JSON.stringify(result)) {
        throw new MarketError('RESULT_CONFLICT');
      }
      found.result = result;
      return { jobState: result.outcome, earned: found.offer.reward, payoutId: null };
    });
  }

  #fenced(executionId: string, fence: Fence): FakeExecutionRecord {
    const found = this.executions.get(executionId);
    if (found === undefined) throw new MarketError('EXECUTION_NOT_FOUND');
    if (!holdsFence(found, fence)) throw new MarketError('LEASE_STALE');
    return found;
  }
}

function holdsFence(found: FakeExecutionRecord, { attempt, leaseToken }: Fence): boolean {
  const { offer, released, superseded } = found;
  return !superseded && !released && offer.attempt === attempt && offer.leaseToken === leaseToken;
}
