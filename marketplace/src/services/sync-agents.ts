import type { EventRow } from '../store/rows.ts';
import type { AgentLinks } from './agent-links.ts';
import type { AgentOrders } from './agent-orders.ts';
import type { CancelNotices } from './cancel-notices.ts';
import { sendAway, tellAgent } from './change-agent-state.ts';
import type { KeyHolders } from './key-holders.ts';
import type { KnownKeys } from './known-keys.ts';
import type { PollTurns } from './poll-turns.ts';
import type { Presence } from './presence.ts';

export interface AgentSyncDeps {
  agentLinks: AgentLinks;
  cancels: CancelNotices;
  keyHolders: KeyHolders;
  knownKeys: KnownKeys;
  orders: AgentOrders;
  pollTurns: PollTurns;
  presence: Presence;
}

/** Tells agents that speak to this process what was decided about them on another one. */
export function followAgents(deps: AgentSyncDeps, events: readonly EventRow[]): void {
  for (const { name, accountId, actor, data } of events) {
    if (name === 'key.revoked' || name === 'key.rotated' || name === 'session.ended') {
      deps.knownKeys.forget();
      void deps.keyHolders.recheck(accountId ?? actor.replace(/^agent:/, ''));
    }
    const { agentId } = data;
    if (typeof agentId === 'string') followAgent(deps, agentId, name);
  }
}

function followAgent(deps: AgentSyncDeps, agentId: string, name: string): void {
  switch (name) {
    case 'agent.draining':
      deps.orders.toldElsewhere(agentId);
      tellAgent(deps, agentId, 'drain');
      break;
    case 'agent.enabled':
      tellAgent(deps, agentId, 'resume');
      break;
    case 'agent.paused':
      deps.agentLinks.of(agentId)?.refresh();
      break;
    case 'agent.disabled':
      sendAway(deps, agentId, 'AGENT_DISABLED');
      break;
    case 'agent.unregistered':
      sendAway(deps, agentId, 'AUTH_INVALID');
      break;
    case 'agent.registered':
      // Its older keys are revoked; it may be here with the new one already.
      void deps.keyHolders.recheck(agentId);
      break;
    default:
  }
}
