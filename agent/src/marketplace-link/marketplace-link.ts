import { type CallOptions, type Client, createClient } from '@node3/shared/client';
import type { Clock } from '@node3/shared/clock';
import type { ArgsOf, ReplyOf, RouteContract } from '@node3/shared/contract';
import { isMarketError, type MarketError } from '@node3/shared/error';
import type { ErrorCode } from '@node3/shared/error-codes';

export interface MarketplaceLinkDeps {
  clock: Clock;
  fetch?: typeof fetch;
  /** Called when reachability or the refusal changed. */
  onChange?: (reachable: 'reachable' | 'unreachable') => void;
}

/** A refusal that no retry mends: a person has to act. */
const refusalCodes: readonly ErrorCode[] = [
  'AUTH_INVALID',
  'AUTH_REQUIRED',
  'AUTH_FORBIDDEN',
  'AGENT_DISABLED',
  'AGENT_SUPERSEDED',
];

/** The one way to the marketplace; remembers when it last answered and what it refused. */
export class MarketplaceLink {
  readonly #deps: MarketplaceLinkDeps;
  readonly url: string;
  #client: Client;
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
    this.#client = this.#createClient(apiKey);
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
    const before = this.#standing();
    try {
      const reply = await this.#client.call(contract, args, options);
      this.#answered();
      if (contract.audience === 'agent') this.#refusal = null;
      return reply;
    } catch (error) {
      if (isMarketError(error, 'MARKETPLACE_UNREACHABLE')) {
        this.#unreachableSinceMs ??= this.#deps.clock.nowMs();
      } else if (isMarketError(error)) {
        this.#answered();
        if (refusalCodes.includes(error.code)) this.#refusal = error;
      }
      throw error;
    } finally {
      if (before !== this.#standing()) {
        this.#deps.onChange?.(this.#unreachableSinceMs === null ? 'reachable' : 'unreachable');
      }
    }
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
