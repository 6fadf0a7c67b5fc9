import type { AgentState } from '@node3/shared/agent-state';
import { MarketError } from '@node3/shared/error';
import type { ProviderKind, ProviderState } from '@node3/shared/provider';
import {
  type AgentProvider,
  builtInProvider,
  type ProviderFacts,
  type ProviderRow,
  type ProviderStore,
} from '../provider-store.ts';
import { agentIn } from './agent-rows.ts';
import { fromJson, toNumberOrNull } from './codec.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import { createProviderHealth } from './provider-health.ts';
import type { Tx, Work } from './work.ts';

interface RowRecord {
  provider_id: string;
  name: string;
  kind: ProviderKind;
  state: ProviderState;
  state_reason: string | null;
  priority: bigint;
  workers_max: bigint | null;
  facts: string;
  credentials: string;
  created_at_ms: bigint;
  changed_at_ms: bigint;
}

const countProviders = 'SELECT count(*) AS count FROM providers';
const selectProviders = 'SELECT * FROM providers';
const selectProvider = 'SELECT * FROM providers WHERE provider_id = ?';
const insertProvider = `
  INSERT INTO providers (provider_id, name, kind, state, state_reason, priority, workers_max, facts,
    credentials, created_at_ms, changed_at_ms)
  VALUES (@providerId, @name, @kind, @state, @stateReason, @priority, @workersMax, @facts,
    @credentials, @createdAtMs, @changedAtMs)
  ON CONFLICT DO NOTHING`;
const updateProvider = `
  UPDATE providers SET kind = @kind, state = @state, state_reason = @stateReason,
    priority = @priority, workers_max = @workersMax, facts = @facts, credentials = @credentials,
    changed_at_ms = @changedAtMs
  WHERE provider_id = @providerId`;
const deleteHealth = 'DELETE FROM provider_health WHERE provider_id = ?';
const deleteOne = 'DELETE FROM providers WHERE provider_id = ?';
const selectAgent = `
  SELECT agent_id FROM agents WHERE provider_id = ? AND state <> 'unregistered' LIMIT 1`;
const releaseAgents = 'UPDATE agents SET provider_id = NULL WHERE provider_id = ?';
const agentsWhere = "SELECT agent_id, provider_id, state FROM agents WHERE state <> 'unregistered'";
const selectAgents = `${agentsWhere} ORDER BY agent_id`;
const selectAgentsOf = `${agentsWhere} AND provider_id = ? ORDER BY agent_id`;
const selectAgentsOfNone = `${agentsWhere} AND provider_id IS NULL ORDER BY agent_id`;
/** A write, so that where several may register, the next one waits for the end of this transaction. */
const holdProvider = `
  UPDATE providers SET changed_at_ms = changed_at_ms
  WHERE provider_id = ? AND workers_max IS NOT NULL RETURNING workers_max`;
const countOthers = 'SELECT count(*) AS count FROM agents WHERE';
const others = "state <> 'unregistered' AND agent_id <> ?";
const countOthersOf = `${countOthers} provider_id = ? AND ${others}`;
const countOthersOfNone = `${countOthers} provider_id IS NULL AND ${others}`;
const assign = 'UPDATE agents SET provider_id = ? WHERE agent_id = ?';

export function createProviderStore(database: Database): ProviderStore {
  return {
    ...createProviderHealth(database),

    createProvider(provider, max, events) {
      return database.write(function* (tx) {
        const found = yield* tx.get<{ count: bigint }>(countProviders);
        const count = Number(found?.count);
        if (count >= max) throw new MarketError('LIMIT_REACHED', { providers: count, max });
        const { name } = provider;
        const inserted = yield* tx.run(insertProvider, toRecord(provider));
        if (inserted === 0) throw new MarketError('PROVIDER_NAME_TAKEN', { name });
        yield* appendEventsIn(tx, events);
      });
    },
    openBuiltInProvider(provider) {
      return database.write(function* (tx) {
        yield* tx.post(insertProvider, toRecord(provider));
      });
    },
    providers() {
      return database.read(function* (tx) {
        return (yield* tx.all<RowRecord>(selectProviders)).map(toProvider);
      });
    },
    changeProvider(providerId, change) {
      return database.write(function* (tx) {
        const { provider, events } = change(yield* providerIn(tx, providerId));
        yield* tx.post(updateProvider, toRecord(provider));
        yield* appendEventsIn(tx, events);
        return provider;
      });
    },
    deleteProvider(providerId, events) {
      return database.write(function* (tx) {
        yield* providerIn(tx, providerId);
        const agent = yield* tx.get<{ agent_id: string }>(selectAgent, providerId);
        if (agent !== undefined || providerId === builtInProvider) {
          throw new MarketError('PROVIDER_IN_USE', {
            providerId,
            agentId: agent?.agent_id ?? null,
          });
        }
        yield* tx.post(releaseAgents, providerId);
        yield* tx.post(deleteHealth, providerId);
        yield* tx.post(deleteOne, providerId);
        yield* appendEventsIn(tx, events);
      });
    },
    assignAgent(agentId, providerId, events) {
      return database.write(function* (tx) {
        const agent = yield* agentIn(tx, agentId);
        if (agent === null) throw new MarketError('AGENT_NOT_FOUND', { agentId });
        if (agent.providerId === providerId) return;
        yield* enterProviderIn(tx, agentId, providerId);
        yield* appendEventsIn(tx, events);
      });
    },
    agentProviders() {
      return database.read(function* (tx) {
        return (yield* tx.all<AgentRecord>(selectAgents)).map(toAgent);
      });
    },
    agentsOfProvider(providerId) {
      return database.read(function* (tx) {
        const found =
          providerId === builtInProvider
            ? yield* tx.all<AgentRecord>(selectAgentsOfNone)
            : yield* tx.all<AgentRecord>(selectAgentsOf, providerId);
        return found.map(toAgent);
      });
    },
  };
}

interface AgentRecord {
  agent_id: string;
  provider_id: string | null;
  state: AgentState;
}

function toAgent({
  agent_id: agentId,
  provider_id: providerId,
  state,
}: AgentRecord): AgentProvider {
  return { agentId, providerId, state };
}

/**
 * Makes an agent one of a provider's. Throws PROVIDER_NOT_FOUND, and PROVIDER_FULL where it has as
 * many as it may have.
 */
export function* enterProviderIn(tx: Tx, agentId: string, providerId: string | null): Work<void> {
  const key = providerId ?? builtInProvider;
  const held = yield* tx.get<{ workers_max: bigint }>(holdProvider, key);
  if (held !== undefined) {
    const found =
      providerId === null
        ? yield* tx.get<{ count: bigint }>(countOthersOfNone, agentId)
        : yield* tx.get<{ count: bigint }>(countOthersOf, providerId, agentId);
    const [agents, workersMax] = [Number(found?.count), Number(held.workers_max)];
    if (agents >= workersMax) throw new MarketError('PROVIDER_FULL', { agents, workersMax });
  } else if (providerId !== null) yield* providerIn(tx, providerId);
  yield* tx.post(assign, providerId, agentId);
}

function* providerIn(tx: Tx, providerId: string): Work<ProviderRow> {
  const found = yield* tx.get<RowRecord>(selectProvider, providerId);
  if (found === undefined) throw new MarketError('PROVIDER_NOT_FOUND', { providerId });
  return toProvider(found);
}

function toRecord({ facts, credentials, ...provider }: ProviderRow) {
  return {
    ...provider,
    facts: JSON.stringify(facts),
    credentials: JSON.stringify(credentials),
  };
}

function toProvider(record: RowRecord): ProviderRow {
  return {
    providerId: record.provider_id,
    name: record.name,
    kind: record.kind,
    state: record.state,
    stateReason: record.state_reason,
    priority: Number(record.priority),
    workersMax: toNumberOrNull(record.workers_max),
    facts: fromJson(record.facts) as ProviderFacts,
    credentials: fromJson(record.credentials) as ProviderRow['credentials'],
    createdAtMs: Number(record.created_at_ms),
    changedAtMs: Number(record.changed_at_ms),
  };
}
