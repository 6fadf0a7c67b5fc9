import { type AgentState, agentStates } from '@node3/shared/agent-state';
import type { NewEvent } from '@node3/shared/events';
import type { AgentStore } from '../agent-store.ts';
import { addSpellsIn, createAgentDays } from './agent-days.ts';
import { type AgentRecord, agentIn, insertAgentIn, toAgent } from './agent-rows.ts';
import { setAgentStateIn } from './agent-states.ts';
import { insertApiKeyIn, revokeKeysOfAgentIn } from './api-key-store.ts';
import { toJsonOrNull } from './codec.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import { enterProviderIn } from './provider-store.ts';
import { createRatings } from './ratings.ts';
import { createRegistrationTokens, useRegistrationTokenIn } from './registration-tokens.ts';

const selectWallet = 'SELECT wallet FROM agents WHERE agent_id = ?';
const selectAgents = 'SELECT * FROM agents ORDER BY agent_id';
const countByState = 'SELECT state, count(*) AS count FROM agents GROUP BY state';
const updateIdentity = 'UPDATE agents SET name = ?, version = ? WHERE agent_id = ?';
const updateContact = `
  UPDATE agents SET instance_id = coalesce(@instanceId, instance_id), offer = coalesce(@offer, offer),
    last_seen_at_ms = CASE WHEN last_seen_at_ms > @lastSeenAtMs THEN last_seen_at_ms
      ELSE @lastSeenAtMs END,
    presence_from_ms = coalesce(presence_from_ms, @presenceFromMs)
  WHERE agent_id = @agentId`;

export function createAgentStore(database: Database): AgentStore {
  return {
    ...createRegistrationTokens(database),
    ...createRatings(database),
    ...createAgentDays(database),

    registerAgent({ agent, key, token, events }) {
      return database.write(function* (tx) {
        yield* insertAgentIn(tx, agent);
        const providerId =
          token === null
            ? null
            : yield* useRegistrationTokenIn(tx, token, agent, agent.registeredAtMs);
        yield* enterProviderIn(tx, agent.agentId, providerId);
        yield* insertApiKeyIn(tx, key);
        const { agentId, registeredAtMs } = agent;
        yield* appendEventsIn(tx, [...events, ...assigned(agentId, providerId, registeredAtMs)]);
        return { providerId };
      });
    },

    reregisterAgent({ agentId, name, version, key, token, events, nowMs }) {
      return database.write(function* (tx) {
        const agent = yield* agentIn(tx, agentId);
        if (agent === null) return null;
        if (token !== null) {
          const providerId = yield* useRegistrationTokenIn(tx, token, { ...agent, name }, nowMs);
          yield* enterProviderIn(tx, agentId, providerId);
          yield* appendEventsIn(tx, assigned(agentId, providerId, nowMs));
        }
        yield* revokeKeysOfAgentIn(tx, agentId, nowMs);
        yield* insertApiKeyIn(tx, key);
        yield* tx.post(updateIdentity, name, version, agentId);
        if (agent.state === 'unregistered') {
          const by = `agent:${agentId}` as const;
          yield* setAgentStateIn(tx, {
            agentId,
            state: 'active',
            from: ['unregistered'],
            reason: null,
            untilMs: null,
            by,
            nowMs,
          });
        }
        yield* appendEventsIn(tx, events);
        return yield* agentIn(tx, agentId);
      });
    },

    agent(agentId) {
      return database.read((tx) => agentIn(tx, agentId));
    },

    async walletOfAgent(agentId) {
      const found = await database.read((tx) => tx.get<{ wallet: string }>(selectWallet, agentId));
      return found?.wallet ?? null;
    },

    agents() {
      return database.read(function* (tx) {
        return (yield* tx.all<AgentRecord>(selectAgents)).map(toAgent);
      });
    },

    async countAgents() {
      const rows = await database.read((tx) =>
        tx.all<{ state: AgentState; count: bigint }>(countByState),
      );
      const counts = Object.fromEntries(agentStates.map((state) => [state, 0]));
      for (const { state, count } of rows) counts[state] = Number(count);
      return counts as Record<AgentState, number>;
    },

    setAgentState(change) {
      return database.write((tx) => setAgentStateIn(tx, change));
    },

    recordAgentContacts(contacts) {
      return database.write(function* (tx) {
        for (const contact of contacts) {
          const { agentId, instanceId, lastSeenAtMs, spells } = contact;
          const offer = toJsonOrNull(contact.offer);
          const presenceFromMs = spells[0]?.fromMs ?? lastSeenAtMs;
          const said = { agentId, instanceId, lastSeenAtMs, offer, presenceFromMs };
          yield* tx.post(updateContact, said);
          yield* addSpellsIn(tx, contact);
        }
      });
    },
  };
}

/** Others learn from it whose agent it is. */
function assigned(agentId: string, providerId: string | null, atMs: number): NewEvent[] {
  if (providerId === null) return [];
  const about = { accountId: null, jobId: null, executionId: null, reason: null };
  const actor = `agent:${agentId}` as const;
  return [{ ...about, name: 'provider.assigned', atMs, actor, data: { agentId, providerId } }];
}
