import type { AgentStore } from '../agent-store.ts';
import { toJsonOrNull } from './codec.ts';
import { appendEventsIn } from './old-style.ts';
import { type AgentRecord, agentIn, insertAgentIn, toAgent } from './sqlite-agent-rows.ts';
import { setAgentStateIn } from './sqlite-agent-states.ts';
import { insertApiKeyIn, revokeKeysOfAgentIn } from './sqlite-api-key-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { createSqliteRatings } from './sqlite-ratings.ts';
import {
  createSqliteRegistrationTokens,
  useRegistrationTokenIn,
} from './sqlite-registration-tokens.ts';
import { statement } from './statement.ts';

const selectWallet = 'SELECT wallet FROM agents WHERE agent_id = ?';
const selectAgents = 'SELECT * FROM agents ORDER BY agent_id';
const updateIdentity = 'UPDATE agents SET name = ?, version = ? WHERE agent_id = ?';
const updateContact = `
  UPDATE agents SET instance_id = @instanceId, offer = coalesce(@offer, offer),
    last_seen_at_ms = max(coalesce(last_seen_at_ms, 0), @lastSeenAtMs)
  WHERE agent_id = @agentId`;

export function createSqliteAgentStore(sqlite: SqliteDatabase): AgentStore {
  return {
    ...createSqliteRegistrationTokens(sqlite),
    ...createSqliteRatings(sqlite),

    registerAgent({ agent, key, token, events }) {
      return sqlite.write((db) => {
        insertAgentIn(db, agent);
        if (token !== null) useRegistrationTokenIn(db, token, agent, agent.registeredAtMs);
        insertApiKeyIn(db, key);
        appendEventsIn(sqlite, db, events);
      });
    },

    reregisterAgent({ agentId, name, version, key, token, events, nowMs }) {
      return sqlite.write((db) => {
        const agent = agentIn(db, agentId);
        if (agent === null) return null;
        if (token !== null) useRegistrationTokenIn(db, token, { ...agent, name }, nowMs);
        revokeKeysOfAgentIn(db, agentId, nowMs);
        insertApiKeyIn(db, key);
        statement(db, updateIdentity).run(name, version, agentId);
        if (agent.state === 'unregistered') {
          const by = `agent:${agentId}` as const;
          setAgentStateIn(sqlite, db, {
            agentId,
            state: 'active',
            from: ['unregistered'],
            reason: null,
            untilMs: null,
            by,
            nowMs,
          });
        }
        appendEventsIn(sqlite, db, events);
        return agentIn(db, agentId);
      });
    },

    async agent(agentId) {
      return sqlite.read((db) => agentIn(db, agentId));
    },

    async walletOfAgent(agentId) {
      const found = sqlite.read((db) =>
        statement<{ wallet: string }>(db, selectWallet).get(agentId),
      );
      return found?.wallet ?? null;
    },

    async agents() {
      return sqlite.read((db) => statement<AgentRecord>(db, selectAgents).all().map(toAgent));
    },

    setAgentState(change) {
      return sqlite.write((db) => setAgentStateIn(sqlite, db, change));
    },

    recordAgentContacts(contacts) {
      return sqlite.write((db) => {
        const update = statement(db, updateContact);
        for (const contact of contacts) {
          update.run({ ...contact, offer: toJsonOrNull(contact.offer) });
        }
      });
    },
  };
}
