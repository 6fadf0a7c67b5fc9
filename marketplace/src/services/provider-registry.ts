import type { Offer } from '@node3/shared/device';
import { isProviderOpen, limitOffer } from '../domain/provider-rules.ts';
import { type AgentProvider, builtInProvider, type ProviderRow } from '../store/provider-store.ts';

/** The providers and whose agent is which, in memory: every offer is looked at with it. */
export class ProviderRegistry {
  #byId = new Map<string, ProviderRow>();
  /** What holds for the agents of each, as text: equal where nothing has changed for them. */
  #rules = new Map<string, string>();
  /** Without the agents of the built-in one. */
  #providerOf = new Map<string, string>();

  replaceAll(
    providers: readonly ProviderRow[],
    agents: readonly Pick<AgentProvider, 'agentId' | 'providerId'>[],
  ): void {
    this.#byId = new Map(providers.map((provider) => [provider.providerId, provider]));
    this.#rules = new Map(
      providers.map((provider) => [provider.providerId, this.#write(provider)]),
    );
    this.#providerOf = new Map();
    for (const { agentId, providerId } of agents) this.assign(agentId, providerId);
  }

  assign(agentId: string, providerId: string | null): void {
    if (providerId === null) this.#providerOf.delete(agentId);
    else this.#providerOf.set(agentId, providerId);
  }

  all(): ProviderRow[] {
    return [...this.#byId.values()];
  }

  /** By name or id; null where there is none. */
  find(word: string): ProviderRow | null {
    return this.#byId.get(word) ?? this.all().find(({ name }) => name === word) ?? null;
  }

  providerIdOf(agentId: string): string {
    return this.#providerOf.get(agentId) ?? builtInProvider;
  }

  of(agentId: string): ProviderRow | null {
    return this.#byId.get(this.providerIdOf(agentId)) ?? null;
  }

  /**
   * What an agent offers by the leave of its provider. While there is but the built-in one, and
   * nothing is limited, an offer is what the agent says.
   */
  readonly limit = (agentId: string, offer: Offer): Offer => {
    const provider = this.of(agentId);
    return provider === null || this.#isPlain(provider) ? offer : limitOffer(offer, provider);
  };

  /** Text that is another one when the agent has other rules. */
  rulesFor(agentId: string): string {
    return this.#rules.get(this.providerIdOf(agentId)) ?? '';
  }

  /** Whether an agent's provider lets it take anything new. */
  isOpen(agentId: string, offer: Offer | null): boolean {
    const provider = this.of(agentId);
    return provider === null || isProviderOpen(provider, offer);
  }

  #write(provider: ProviderRow): string {
    const { name, state, facts } = provider;
    return JSON.stringify([name, state, facts, this.#isPlain(provider)]);
  }

  #isPlain({ facts }: ProviderRow): boolean {
    const { capabilities, labels } = facts;
    const isLimited = Object.keys(capabilities).length + Object.keys(labels).length > 0;
    return this.#byId.size === 1 && !isLimited;
  }
}
