import { assert } from '@node3/shared/assert';
import { isMarketError, type MarketError } from '@node3/shared/error';
import type { Logger } from '@node3/shared/logger';
import {
  agentChannelCloses,
  agentChannelProtocol,
  agentChannelUrl,
  type HelloReply,
  type ReadyRequest,
} from '@node3/shared/routes/agent-channel';
import type { AgentMessage } from '@node3/shared/routes/agents';
import type { WebSocket } from 'ws';
import { agentLimits } from '../agent-limits.ts';
import { type HostClock, type Instant, instantOf } from '../host-clock.ts';
import type { ChannelCall } from './channel-calls.ts';
import { type ChannelCallOptions, ChannelLostError, ChannelSession } from './channel-session.ts';
import { type PacedLoop, startPacedLoop } from './pace.ts';
import { readMessages } from './read-messages.ts';

/** Begins to open a socket; tests put one in between that they can cut. */
export type OpenSocket = (url: string, apiKey: string) => WebSocket;

export interface ChannelDeps {
  marketplaceUrl: string;
  openSocket: OpenSocket;
  clock: HostClock;
  log: Logger;
  random: () => number;
  instanceId: string;
  apiKey(): string | null;
  /** Handled before the next one. An offer may be accepted for a while from its arrival. */
  onMessage(message: AgentMessage, arrivedAt: Instant): void;
  /**
   * `opening`: hello is being said, and a poll would end what begins. `open`, `closed`: calls go the
   * other way from now on.
   */
  onChange(state: 'opening' | 'open' | 'closed'): void;
  /** The marketplace refused this agent. */
  onRefusal(error: MarketError): void;
}

type Availability = Omit<ReadyRequest, 'id' | 'type' | 'lastSeq'>;

/**
 * The agent's socket: kept open for as long as the agent works, opened again with growing pauses
 * when it breaks. While it is closed everything goes over HTTP, so nothing depends on it.
 */
export class Channel {
  readonly #deps: ChannelDeps;
  #loop: PacedLoop | null = null;
  #session: ChannelSession | null = null;
  #opening: PromiseWithResolvers<void> | null = null;
  #takes: readonly string[] = [];
  #lastSeq = 0;
  #announced = '';

  constructor(deps: ChannelDeps) {
    this.#deps = deps;
  }

  start(): void {
    const { log, random } = this.#deps;
    // The first try is waited for as a whole: a poll beside it would arrive with it.
    this.#opening = Promise.withResolvers<void>();
    const run = (signal: AbortSignal) => this.#connect(signal);
    this.#loop = startPacedLoop({ name: 'channel', log, random, run });
  }

  async stop(): Promise<void> {
    this.#session?.close();
    await this.#loop?.stop();
  }

  /** Whether calls can go over the socket now. */
  get isOpen(): boolean {
    return this.#session !== null;
  }

  /** What the latest hello said. */
  get takesLogBlocks(): boolean {
    return this.#takes.includes('log-blocks');
  }

  get takesUsage(): boolean {
    return this.#takes.includes('usage');
  }

  get takesUsageNumbers(): boolean {
    return this.#takes.includes('usage-numbers');
  }

  /** Resolves when it is known whether a socket that is being opened can be used; null: none is. */
  get opening(): Promise<void> | null {
    return this.#opening?.promise ?? null;
  }

  /** Throws ChannelLostError when the socket breaks first: repeat the call another way. */
  async call(call: ChannelCall, options: ChannelCallOptions): Promise<unknown> {
    if (this.#session === null) throw new ChannelLostError('there is no socket');
    return this.#session.call(call, options);
  }

  /** Says what this agent could take on; saying the same again costs nothing. */
  async announce(availability: Availability, signal: AbortSignal): Promise<void> {
    const fields = { ...availability, lastSeq: this.#lastSeq };
    const text = JSON.stringify(fields);
    if (text === this.#announced) return;
    await this.call({ type: 'ready', fields }, { signal, timeoutMs: agentLimits.channelCallMs });
    this.#announced = text;
  }

  /** One socket, from the request for it to its end. @returns the pause before the next one. */
  async #connect(signal: AbortSignal): Promise<number> {
    const { clock, openSocket, random } = this.#deps;
    const key = this.#deps.apiKey();
    assert(key !== null, 'an agent opens a socket once it has signed in');
    const url = this.#deps.marketplaceUrl.replace(/^http/, 'ws') + agentChannelUrl;
    const closed = Promise.withResolvers<number>();
    this.#lastSeq = 0;
    this.#announced = '';
    const socket = openSocket(url, key);
    const session = new ChannelSession(socket, {
      onMessage: (seq, message) => this.#hear(seq, message),
      onProblem: (error) => this.#refused(error),
      onClose: closed.resolve,
    });
    const onAbort = () => session.terminate();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await opened(socket, closed.promise);
      await this.#greet(session);
    } catch (error) {
      session.terminate();
      this.#refused(error);
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#opening?.resolve();
      this.#opening = null;
    }
    const openedAtMs = clock.monotonicMs();
    this.#deps.onChange('open');
    const code = await closed.promise;
    this.#session = null;
    this.#deps.onChange('closed');
    this.#deps.log.info({ code }, 'the socket to the marketplace is closed');
    // Everybody's socket is closed by a restart: all at once would be a flood.
    if (code === agentChannelCloses.restarting) return random() * agentLimits.channelSpreadMs;
    const stable = clock.monotonicMs() - openedAtMs >= agentLimits.channelStableMs;
    if (!stable && !signal.aborted) throw new ChannelLostError(`closed at once with code ${code}`);
    return random() * agentLimits.backoffMinMs;
  }

  async #greet(session: ChannelSession): Promise<void> {
    this.#opening ??= Promise.withResolvers<void>();
    this.#deps.onChange('opening');
    const fields = { protocol: agentChannelProtocol, instanceId: this.#deps.instanceId };
    const wait = { timeoutMs: agentLimits.channelOpenMs };
    const reply = Object(await session.call({ type: 'hello', fields }, wait)) as HelloReply;
    this.#takes = Array.isArray(reply.takes) ? reply.takes : [];
    session.sendsLogBytes = this.#takes.includes('log-bytes');
    this.#session = session;
  }

  #refused(error: unknown): void {
    if (isMarketError(error)) this.#deps.onRefusal(error);
  }

  #hear(seq: number, message: unknown): void {
    const arrivedAt = instantOf(this.#deps.clock);
    const { messages, refused } = readMessages({ messages: [message] });
    if (refused > 0) this.#deps.log.warn({ seq }, 'the marketplace sent what can not be read');
    for (const known of messages) this.#deps.onMessage(known, arrivedAt);
    this.#lastSeq = Math.max(this.#lastSeq, seq);
  }
}

/** Resolves when the upgrade is done; rejects when it fails, such as behind a proxy without sockets. */
async function opened(socket: WebSocket, closed: Promise<number>): Promise<void> {
  const open = new Promise<void>((resolve) => {
    socket.once('open', resolve);
  });
  const failed = new Promise<never>((_, reject) => {
    socket.once('error', reject);
    void closed.then((code) => reject(new ChannelLostError(`closed with code ${code}`)));
  });
  await Promise.race([open, failed]);
}
