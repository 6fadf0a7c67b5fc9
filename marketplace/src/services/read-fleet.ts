import { trustOf } from '@node3/shared/agent-trust';
import type { QueryOf, ReplyOf } from '@node3/shared/contract';
import { limits } from '@node3/shared/limits';
import type { AdminAgent } from '@node3/shared/routes/admin-agents';
import type { exportAgents, listAgents } from '@node3/shared/routes/fleet';
import { type FleetRow, searchFleet, sortFleet } from '../domain/search-fleet.ts';
import { builtInProvider } from '../store/provider-store.ts';
import type { AgentRow } from '../store/rows.ts';
import { type AdminDeps, contactOf, readAgentsWithLoad, viewAdminAgent } from './read-agents.ts';
import { viewAgentReputation } from './reputation-views.ts';

interface FoundAgent extends FleetRow {
  agent: AgentRow;
}

/** One page of all agents. Rejects with REQUEST_INVALID for a cursor that is none. */
export async function readFleet(
  deps: AdminDeps,
  query: QueryOf<typeof listAgents>,
): Promise<ReplyOf<typeof listAgents>> {
  const { rows, ...page } = searchFleet(await fleetRows(deps), query);
  return { data: rows.map((row) => view(deps, row)), ...page };
}

/** All that fit, as they stand now; each part is written out when it is read. */
export async function exportFleet(
  deps: AdminDeps,
  query: Omit<QueryOf<typeof exportAgents>, 'format'>,
): Promise<AsyncGenerator<AdminAgent[]>> {
  const rows = sortFleet(await fleetRows(deps), query);
  return (async function* pages() {
    for (let from = 0; from < rows.length; from += limits.listPageMax) {
      yield rows.slice(from, from + limits.listPageMax).map((row) => view(deps, row));
    }
  })();
}

async function fleetRows(deps: AdminDeps): Promise<FoundAgent[]> {
  const { agents, running } = await readAgentsWithLoad(deps.store);
  const nowMs = deps.clock.nowMs();
  return agents.map((agent) => {
    const { offer, lastSeenAtMs, status } = contactOf(deps, agent);
    return {
      agent,
      agentId: agent.agentId,
      name: agent.name,
      wallet: agent.wallet,
      status,
      state: agent.state,
      provider: deps.providers.of(agent.agentId)?.name ?? builtInProvider,
      models: offer?.devices.map(({ model }) => model) ?? [],
      running: running.get(agent.agentId) ?? 0,
      slots: offer?.slots ?? null,
      jobsSucceeded: agent.jobsSucceeded,
      trust: trustOf(viewAgentReputation(agent, nowMs)),
      lastSeenAtMs,
    };
  });
}

function view(deps: AdminDeps, { agent, running }: FoundAgent): AdminAgent {
  return viewAdminAgent(deps, agent, running);
}
