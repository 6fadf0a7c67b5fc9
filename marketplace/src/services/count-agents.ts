import type { AgentState } from '@node3/shared/agent-state';
import type { AgentStore } from '../store/agent-store.ts';
import type { Presence } from './presence.ts';

interface Deps {
  store: Pick<AgentStore, 'countAgents'>;
  presence: Pick<Presence, 'countOnline'>;
}

export interface AgentCounts {
  online: number;
  offline: number;
  states: Record<AgentState, number>;
}

/** Those that were shut out or left are neither online nor offline. */
export async function countAgents({ store, presence }: Deps): Promise<AgentCounts> {
  const states = await store.countAgents();
  const inService = states.active + states.draining + states.paused;
  const online = Math.min(presence.countOnline(), inService);
  return { online, offline: inService - online, states };
}
