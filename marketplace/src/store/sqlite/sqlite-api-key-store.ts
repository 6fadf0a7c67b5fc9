import { assert } from '@node3/shared/assert';
import type Database from 'better-sqlite3';
import type { AccountStore } from '../account-store.ts';
import type { ApiKeyRow } from '../rows.ts';
import { toNumberOrNull } from './codec.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { statement } from './statement.ts';

interface ApiKeyRecord {
  key_id: string;
  key_hash: string;
  account_id: string | null;
  agent_id: string | null;
  created_at_ms: bigint;
  revoked_at_ms: bigint | null;
}

const selectKey = 'SELECT * FROM api_keys WHERE key_id = ?';
const insertKey = `
  INSERT INTO api_keys (key_id, key_hash, account_id, agent_id, created_at_ms, revoked_at_ms)
  VALUES (?, ?, ?, ?, ?, ?)`;
const revokeKey =
  'UPDATE api_keys SET revoked_at_ms = ? WHERE key_id = ? AND revoked_at_ms IS NULL';

export function createSqliteApiKeyStore(
  sqlite: SqliteDatabase,
): Pick<AccountStore, 'apiKey' | 'revokeApiKey'> {
  return {
    async apiKey(keyId) {
      const found = sqlite.read((db) => statement<ApiKeyRecord>(db, selectKey).get(keyId));
      return found === undefined ? null : toApiKey(found);
    },

    revokeApiKey(keyId, nowMs) {
      return sqlite.write((db) => {
        statement(db, revokeKey).run(nowMs, keyId);
      });
    },
  };
}

export function insertApiKeyIn(db: Database.Database, key: ApiKeyRow): void {
  const { keyId, keyHash, owner, createdAtMs, revokedAtMs } = key;
  const accountId = owner.kind === 'account' ? owner.accountId : null;
  const agentId = owner.kind === 'agent' ? owner.agentId : null;
  statement(db, insertKey).run(keyId, keyHash, accountId, agentId, createdAtMs, revokedAtMs);
}

function toApiKey(record: ApiKeyRecord): ApiKeyRow {
  return {
    keyId: record.key_id,
    keyHash: record.key_hash,
    owner: ownerOf(record),
    createdAtMs: Number(record.created_at_ms),
    revokedAtMs: toNumberOrNull(record.revoked_at_ms),
  };
}

function ownerOf({ key_id, account_id, agent_id }: ApiKeyRecord): ApiKeyRow['owner'] {
  if (account_id !== null) return { kind: 'account', accountId: account_id };
  assert(agent_id !== null, `key ${key_id} has no owner`);
  return { kind: 'agent', agentId: agent_id };
}
