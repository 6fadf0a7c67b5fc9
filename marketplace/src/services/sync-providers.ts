import type { Logger } from '@node3/shared/logger';
import type { ProviderStore } from '../store/provider-store.ts';
import type { EventRow } from '../store/rows.ts';
import type { AgentLinks } from './agent-links.ts';
import type { CancelNotices } from './cancel-notices.ts';
import type { Presence } from './presence.ts';
import type { ProviderRegistry } from './provider-registry.ts';

export interface ProviderSyncDeps {
  store: Pick<ProviderStore, 'providers' | 'agentProviders'>;
  log: Logger;
  providers: ProviderRegistry;
  presence: Presence;
  agentLinks: AgentLinks;
  cancels: CancelNotices;
}

/** Makes the providers in memory equal to those in the store, and lets their agents feel it. */
export class ProviderSync {
  readonly #deps: ProviderSyncDeps;
  #reading: Promise<void> | null = null;
  /** A read of what another replica has stored failed. */
  #isBehind = false;

  constructor(deps: ProviderSyncDeps) {
    this.#deps = deps;
  }

  /** What another replica has stored. A read that failed is made up for with the next events. */
  note(events: readonly Pick<EventRow, 'name' | 'data'>[]): void {
    let isChanged = this.#isBehind;
    for (const { name, data } of events) {
      if (name === 'provider.assigned') this.assigned(String(data['agentId']), data['providerId']);
      else if (name.startsWith('provider.') && name !== 'provider.status-changed') isChanged = true;
    }
    if (!isChanged) return;
    this.#isBehind = false;
    this.read().catch((error: unknown) => {
      this.#isBehind = true;
      this.#deps.log.warn({ err: error }, 'providers of other replicas not read');
    });
  }

  /** An agent belongs to a provider now; null, and what is no id, is the built-in one. */
  assigned(agentId: string, providerId: unknown): void {
    this.#deps.providers.assign(agentId, typeof providerId === 'string' ? providerId : null);
    this.#apply(agentId);
  }

  /** One read at a time; whoever asks meanwhile gets one after it. */
  async read(): Promise<void> {
    const before = this.#reading;
    const turn = (async () => {
      await before?.catch(() => undefined);
      const { store, providers, presence } = this.#deps;
      const agents = await store.agentProviders();
      const rows = await store.providers();
      const known = presence.all().map(({ agentId }) => [agentId, providers.rulesFor(agentId)]);
      providers.replaceAll(rows, agents);
      for (const [agentId = '', rules] of known) {
        if (rules !== providers.rulesFor(agentId)) this.#apply(agentId);
      }
    })();
    this.#reading = turn;
    try {
      await turn;
    } finally {
      if (this.#reading === turn) this.#reading = null;
    }
  }

  /** Sockets and polls look anew at what their agent may take. */
  #apply(agentId: string): void {
    const { presence, agentLinks, cancels } = this.#deps;
    presence.limitAgain(agentId);
    agentLinks.of(agentId)?.refresh();
    cancels.poke(agentId);
  }
}
