import { type CallOptions, type Client, createClient } from '@node3/shared/client';
import type { Clock } from '@node3/shared/clock';
import type { ArgsOf, ReplyOf, RouteContract } from '@node3/shared/contract';
import { isMarketError, type MarketError } from '@node3/shared/error';
import type { ErrorCode } from '@node3/shared/error-codes';
import { agentLimits } from '../agent-limits.ts';
import { type ChannelCall, toChannelCall } from './channel-calls.ts';
import { type ChannelCallOptions, ChannelLostError } from './channel-session.ts';

export interface MarketplaceLinkDeps {
  clock: Clock;
  fetch?: typeof fetch;
  /** Called when reachability or the refusal changed. */
  onChange?: (reachable: 'reachable' | 'unreachable') => void;
}

/** The agent's socket, as far as calls go. */
export interface CallChannel {
  readonly isOpen: boolean;
  /** Whether the marketplace said so in the latest hello, also after its socket has closed. */
  readonly takesLogBlocks: boolean;
  readonly takesUsage: boolean;
  readonly takesUsageNumbers: boolean;
  call(call: ChannelCall, options: ChannelCallOptions): Promise<unknown>;
}

/** A refusal that no retry mends: a person has to act. */
const refusalCodes: readonly ErrorCode[] = [
  'AUTH_INVALID',
  'AUTH_REQUIRED',
  'AUTH_FORBIDDEN',
  'AGENT_DISABLED',
  'AGENT_SUPERSEDED',
];

/**
 * The one way to the marketplace: over the socket while that is open and over HTTP otherwise, which
 * no caller need know. Remembers when it last answered and what it refused.
 */
export class MarketplaceLink {
  readonly #deps: MarketplaceLinkDeps;
  readonly url: string;
  #client: Client;
  #apiKey: string | null = null;
  #channel: CallChannel | null = null;
  #lastContactAtMs: number | null = null;
  #unreachableSinceMs: number | null = null;
  #refusal: MarketError | null = null;

  constructor(url: string, deps: MarketplaceLinkDeps) {
    this.url = url;
    this.#deps = deps;
    this.#client = this.#createClient(null);
  }

  /** Every later call carries this key. */
  useKey(apiKey: string): void {
    this.#apiKey = apiKey;
    this.#client = this.#createClient(apiKey);
  }

  /** The key of this agent; null until it has signed in. */
  get apiKey(): string | null {
    return this.#apiKey;
  }

  /** Calls that the socket has go over it from now on, whenever it is open. */
  useChannel(channel: CallChannel): void {
    this.#channel = channel;
  }

  /** Whether calls are heard in the order in which they are made, as long as the socket holds. */
  get keepsOrder(): boolean {
    return this.#channel?.isOpen ?? false;
  }

  /** Whether lines of log may be sent together; false until the marketplace has said so. */
  get takesLogBlocks(): boolean {
    return this.#channel?.takesLogBlocks ?? false;
  }

  /** Whether heartbeats may tell what jobs use; over HTTP no marketplace has said so. */
  get takesUsage(): boolean {
    return (this.keepsOrder && this.#channel?.takesUsage) ?? false;
  }

  /** Whether it knows a reading that it hears again by its number. */
  get takesUsageNumbers(): boolean {
    return this.#channel?.takesUsageNumbers ?? false;
  }

  get lastContactAtMs(): number | null {
    return this.#lastContactAtMs;
  }

  /** Since when no call got an answer; null while it answers. */
  get unreachableSinceMs(): number | null {
    return this.#unreachableSinceMs;
  }

  /** The error that says this agent may not work; null while it may. */
  get refusal(): MarketError | null {
    return this.#refusal;
  }

  async call<C extends RouteContract>(
    contract: C,
    args: ArgsOf<C>,
    options?: CallOptions,
  ): Promise<ReplyOf<C>> {
    try {
      const reply = await this.#send(contract, args, options);
      this.#note(() => {
        this.#answered();
        if (contract.audience === 'agent') this.#refusal = null;
      });
      return reply;
    } catch (error) {
      if (isMarketError(error)) this.noteError(error);
      throw error;
    }
  }

  /** The marketplace has just said hello on the socket. */
  noteHello(): void {
    this.#note(() => {
      this.#answered();
      this.#refusal = null;
    });
  }

  /** An error that came by way of the socket counts like one of a call. */
  noteError(error: MarketError): void {
    this.#note(() => {
      if (error.code === 'MARKETPLACE_UNREACHABLE') {
        this.#unreachableSinceMs ??= this.#deps.clock.nowMs();
        return;
      }
      this.#answered();
      if (refusalCodes.includes(error.code)) this.#refusal = error;
    });
  }

  async #send<C extends RouteContract>(
    contract: C,
    args: ArgsOf<C>,
    options: CallOptions = {},
  ): Promise<ReplyOf<C>> {
    const channel = this.#channel;
    const call = channel?.isOpen === true ? toChannelCall(contract, args as object) : null;
    if (channel === null || call === null) return this.#client.call(contract, args, options);
    const { signal, timeoutMs = agentLimits.channelCallMs } = options;
    try {
      const waits = signal === undefined ? { timeoutMs } : { timeoutMs, signal };
      return (await channel.call(call, waits)) as ReplyOf<C>;
    } catch (error) {
      // Whether it arrived is unknown, so it is said again: every call may be.
      if (!(error instanceof ChannelLostError)) throw error;
      return this.#client.call(contract, args, options);
    }
  }

  #note(change: () => void): void {
    const before = this.#standing();
    change();
    if (before === this.#standing()) return;
    this.#deps.onChange?.(this.#unreachableSinceMs === null ? 'reachable' : 'unreachable');
  }

  #answered(): void {
    this.#lastContactAtMs = this.#deps.clock.nowMs();
    this.#unreachableSinceMs = null;
  }

  #standing(): string {
    return `${this.#unreachableSinceMs ?? 'up'} ${this.#refusal?.code ?? 'welcome'}`;
  }

  #createClient(apiKey: string | null): Client {
    const { fetch } = this.#deps;
    return createClient({ baseUrl: this.url, apiKey, ...(fetch === undefined ? {} : { fetch }) });
  }
}
