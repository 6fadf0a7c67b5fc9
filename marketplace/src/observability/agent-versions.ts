import type { Presence } from '../services/presence.ts';
import type { AgentRow } from '../store/rows.ts';
import type { StoreObserver } from './store-observer.ts';
import { Tally } from './tally.ts';

/** Versions are what agents call themselves; only so many ever get a series of their own. */
const versionsMax = 20;
const versionPattern = /^\d{1,4}\.\d{1,4}\.\d{1,4}$/;

/** Which version each agent speaks for, as read from the store when it signed in. */
export class AgentVersions implements Pick<StoreObserver, 'agentsRead'> {
  readonly #byAgent = new Map<string, string>();
  readonly #shown = new Set<string>();

  readonly agentsRead = (agents: readonly AgentRow[]): void => {
    for (const { agentId, version } of agents) this.#byAgent.set(agentId, version);
  };

  samples(presence: Pick<Presence, 'all' | 'isOnline'>) {
    const tally = new Tally<{ version: string }>();
    const shown = this.#shown;
    for (const { agentId } of presence.all()) {
      const version = this.#byAgent.get(agentId);
      if (version === undefined || !presence.isOnline(agentId)) continue;
      const isShown = shown.has(version);
      const mayShow = isShown || (versionPattern.test(version) && shown.size < versionsMax);
      if (mayShow) shown.add(version);
      tally.add({ version: mayShow ? version : 'other' });
    }
    return tally.samples();
  }
}
