import type { Clock } from '@node3/shared/clock';
import type { Offer } from '@node3/shared/device';
import { limits } from '@node3/shared/limits';
import { type Asset, toMoney } from '@node3/shared/money';
import type { AdminAgent } from '@node3/shared/routes/admin-agents';
import type {
  DeviceAsks,
  PublicAgent,
  PublicAgentWithUptime,
} from '@node3/shared/routes/marketplace';
import { toTimestamp } from '@node3/shared/schema';
import { classAsk } from '../domain/device-asks.ts';
import { builtInProvider } from '../store/provider-store.ts';
import type { AgentRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { viewAgentState } from './agent-state-view.ts';
import type { Presence } from './presence.ts';
import type { ProviderRegistry } from './provider-registry.ts';
import { readUptime } from './read-uptime.ts';
import { viewAgentReputation, viewRating } from './reputation-views.ts';

interface Deps {
  store: Store;
  clock: Clock;
  presence: Presence;
}

export interface AdminDeps extends Deps {
  providers: Pick<ProviderRegistry, 'of'>;
}

/** Agents that are there for requesters, those that spoke last first. */
export async function listPublicAgents(deps: Deps): Promise<PublicAgent[]> {
  const agents = await listed(deps, (agent) => agent.state !== 'unregistered');
  return agents.map(({ agent, running }) => viewAgent(deps, agent, running));
}

/** null for one that was never there or has left. */
export async function readPublicAgent(
  deps: Deps,
  agentId: string,
): Promise<PublicAgentWithUptime | null> {
  const [agent, live] = await Promise.all([
    deps.store.agent(agentId),
    deps.store.liveExecutions(agentId),
  ]);
  if (agent === null || agent.state === 'unregistered') return null;
  return { ...viewAgent(deps, agent, live.length), uptime: await readUptime(deps, agentId) };
}

export async function readAdminAgent(deps: AdminDeps, agentId: string): Promise<AdminAgent | null> {
  const [agent, live] = await Promise.all([
    deps.store.agent(agentId),
    deps.store.liveExecutions(agentId),
  ]);
  return agent === null ? null : viewAdminAgent(deps, agent, live.length);
}

async function listed(deps: Deps, isShown: (agent: AgentRow) => boolean) {
  const { agents, running } = await readAgentsWithLoad(deps.store);
  const seenAtMs = (agent: AgentRow) =>
    deps.presence.get(agent.agentId)?.lastSeenAtMs ?? agent.lastSeenAtMs ?? 0;
  // Registering is free: those that were never heard of must not push the others off the list.
  return agents
    .filter(isShown)
    .toSorted((a, b) => seenAtMs(b) - seenAtMs(a))
    .slice(0, limits.listPageMax)
    .map((agent) => ({ agent, running: running.get(agent.agentId) ?? 0 }));
}

export function viewAdminAgent(deps: AdminDeps, agent: AgentRow, running: number): AdminAgent {
  const { wallet, version } = agent;
  const provider = deps.providers.of(agent.agentId)?.name ?? builtInProvider;
  const standing = viewAgentState(agent);
  return { ...viewAgent(deps, agent, running), wallet, version, provider, standing };
}

/** Every agent, and how many executions each has that has any. */
export async function readAgentsWithLoad(store: Store) {
  const [agents, live] = await Promise.all([store.agents(), store.liveExecutions(null)]);
  const running = new Map<string, number>();
  for (const { agentId } of live) running.set(agentId, (running.get(agentId) ?? 0) + 1);
  return { agents, running };
}

function viewAgent(deps: Deps, agent: AgentRow, running: number): PublicAgent {
  const presence = deps.presence.get(agent.agentId);
  const { offer, lastSeenAtMs, status } = contactOf(deps, agent);
  const nowMs = deps.clock.nowMs();
  return {
    agentId: agent.agentId,
    name: agent.name,
    status,
    state: agent.state,
    isolation: offer?.isolation ?? null,
    region: offer?.region ?? null,
    devices: offer?.devices ?? [],
    deviceAsks: offer === null ? [] : viewAsks(offer),
    samples: deps.presence.isOnline(agent.agentId) ? (presence?.samples ?? []) : [],
    slots: offer?.slots ?? null,
    running,
    jobsSucceeded: agent.jobsSucceeded,
    jobsFailed: agent.jobsFailed,
    avgRunSec: agent.avgRunSec,
    reputation: viewAgentReputation(agent, nowMs),
    rating: viewRating(agent),
    lastSeenAt: lastSeenAtMs === null ? null : toTimestamp(lastSeenAtMs),
    registeredAt: toTimestamp(agent.registeredAtMs),
  };
}

/** What is known of it by its last word, whichever process heard it. */
export function contactOf({ presence }: Pick<Deps, 'presence'>, agent: AgentRow) {
  const known = presence.get(agent.agentId);
  const online: 'online' | 'offline' = presence.isOnline(agent.agentId) ? 'online' : 'offline';
  return {
    offer: known?.offer ?? agent.offer,
    lastSeenAtMs: known?.lastSeenAtMs ?? agent.lastSeenAtMs,
    status: agent.state === 'disabled' ? ('disabled' as const) : online,
  };
}

function viewAsks(offer: Offer): DeviceAsks[] {
  return offer.devices.map(({ id, modelId }) => {
    const view = (asset: Asset) => {
      const ask = classAsk(offer, modelId, asset);
      return ask === 0n ? null : toMoney(ask, asset);
    };
    return { deviceId: id, SOL: view('SOL'), USDC: view('USDC') };
  });
}
