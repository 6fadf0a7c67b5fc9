import type { AccountStore } from '../account-store.ts';
import type { AgentRow } from '../rows.ts';
import { fromJson, toJsonOrNull, toNumberOrNull } from './codec.ts';
import { insertApiKeyIn } from './sqlite-api-key-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { appendEventsIn } from './sqlite-events.ts';
import { statement } from './statement.ts';

interface AgentRecord {
  agent_id: string;
  wallet: string;
  name: string;
  version: string;
  enabled: bigint;
  offer: string | null;
  instance_id: string | null;
  last_seen_at_ms: bigint | null;
  jobs_succeeded: bigint;
  jobs_failed: bigint;
  faults_in_row: bigint;
  registered_at_ms: bigint;
}

const selectAgent = 'SELECT * FROM agents WHERE agent_id = ?';
const selectAgents = 'SELECT * FROM agents ORDER BY agent_id';
const insertAgent = `
  INSERT INTO agents (agent_id, wallet, name, version, enabled, offer, instance_id,
    last_seen_at_ms, jobs_succeeded, jobs_failed, registered_at_ms)
  VALUES (@agentId, @wallet, @name, @version, @enabled, @offer, @instanceId,
    @lastSeenAtMs, @jobsSucceeded, @jobsFailed, @registeredAtMs)`;
const updateEnabled = 'UPDATE agents SET enabled = ? WHERE agent_id = ? RETURNING *';
const updateContact = `
  UPDATE agents SET instance_id = @instanceId, offer = coalesce(@offer, offer),
    last_seen_at_ms = max(coalesce(last_seen_at_ms, 0), @lastSeenAtMs)
  WHERE agent_id = @agentId`;

export function createSqliteAgentStore(
  sqlite: SqliteDatabase,
): Pick<
  AccountStore,
  'registerAgent' | 'agent' | 'agents' | 'setAgentEnabled' | 'recordAgentContacts'
> {
  return {
    registerAgent(agent, key, events) {
      return sqlite.write((db) => {
        const enabled = agent.enabled ? 1 : 0;
        statement(db, insertAgent).run({ ...agent, enabled, offer: toJsonOrNull(agent.offer) });
        insertApiKeyIn(db, key);
        appendEventsIn(sqlite, db, events);
      });
    },

    async agent(agentId) {
      const found = sqlite.read((db) => statement<AgentRecord>(db, selectAgent).get(agentId));
      return found === undefined ? null : toAgent(found);
    },

    async agents() {
      return sqlite.read((db) => statement<AgentRecord>(db, selectAgents).all().map(toAgent));
    },

    setAgentEnabled(agentId, enabled, events) {
      return sqlite.write((db) => {
        const updated = statement<AgentRecord>(db, updateEnabled).get(enabled ? 1 : 0, agentId);
        if (updated === undefined) return null;
        appendEventsIn(sqlite, db, events);
        return toAgent(updated);
      });
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

function toAgent(record: AgentRecord): AgentRow {
  return {
    agentId: record.agent_id,
    wallet: record.wallet,
    name: record.name,
    version: record.version,
    enabled: record.enabled === 1n,
    offer: record.offer === null ? null : (fromJson(record.offer) as AgentRow['offer']),
    instanceId: record.instance_id,
    lastSeenAtMs: toNumberOrNull(record.last_seen_at_ms),
    jobsSucceeded: Number(record.jobs_succeeded),
    jobsFailed: Number(record.jobs_failed),
    faultsInRow: Number(record.faults_in_row),
    registeredAtMs: Number(record.registered_at_ms),
  };
}
