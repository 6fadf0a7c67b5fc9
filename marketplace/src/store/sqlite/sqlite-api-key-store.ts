import { assert } from '@node3/shared/assert';
import { MarketError } from '@node3/shared/error';
import type Database from 'better-sqlite3';
import type { KeyRotation, KeyStore } from '../key-store.ts';
import type { ApiKeyRow } from '../rows.ts';
import { toNumberOrNull } from './codec.ts';
import { appendEventsIn, copyCapsIn, putCapsIn } from './old-style.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { statement } from './statement.ts';

interface ApiKeyRecord {
  key_id: string;
  key_hash: string;
  account_id: string | null;
  agent_id: string | null;
  name: string | null;
  created_at_ms: bigint;
  expires_at_ms: bigint | null;
  revoked_at_ms: bigint | null;
}

const selectKey = 'SELECT * FROM api_keys WHERE key_id = ?';
const insertKey = `
  INSERT INTO api_keys (key_id, key_hash, account_id, agent_id, name, created_at_ms, expires_at_ms,
    revoked_at_ms)
  VALUES (@keyId, @keyHash, @accountId, @agentId, @name, @createdAtMs, @expiresAtMs, @revokedAtMs)`;
const revokeKey =
  'UPDATE api_keys SET revoked_at_ms = ? WHERE key_id = ? AND revoked_at_ms IS NULL';
const revokeOfAgent =
  'UPDATE api_keys SET revoked_at_ms = ? WHERE agent_id = ? AND revoked_at_ms IS NULL';
const endKey = `
  UPDATE api_keys SET expires_at_ms = min(coalesce(expires_at_ms, @expiresAtMs), @expiresAtMs)
  WHERE key_id = @keyId AND revoked_at_ms IS NULL AND coalesce(expires_at_ms, @nowMs + 1) > @nowMs
  RETURNING *`;
const selectOfAccount = `
  SELECT * FROM api_keys WHERE account_id = ? AND revoked_at_ms IS NULL
  ORDER BY key_id DESC LIMIT ?`;
const selectOfAgent = `
  SELECT * FROM api_keys WHERE agent_id = ? AND revoked_at_ms IS NULL ORDER BY key_id DESC LIMIT ?`;

export function createSqliteApiKeyStore(sqlite: SqliteDatabase): KeyStore {
  return {
    async apiKey(keyId) {
      const found = sqlite.read((db) => statement<ApiKeyRecord>(db, selectKey).get(keyId));
      return found === undefined ? null : toApiKey(found);
    },
    async keysOf(owner, limit) {
      return sqlite.read((db) => keysIn(db, owner, limit));
    },
    addApiKey(key, { keysMax, caps, events }) {
      return sqlite.write((db) => {
        const working = keysIn(db, key.owner, keysMax * 2).filter(
          ({ expiresAtMs }) => expiresAtMs === null || expiresAtMs > key.createdAtMs,
        );
        if (working.length >= keysMax) {
          const detail = `There are ${working.length} keys already; ${keysMax} may be in use.`;
          throw new MarketError('KEYS_TOO_MANY', { detail });
        }
        insertApiKeyIn(db, key);
        if (caps !== null) putCapsIn(db, key.keyId, caps);
        appendEventsIn(sqlite, db, events);
      });
    },
    rotateApiKey(rotation) {
      return sqlite.write((db) => {
        const row = rotateIn(db, rotation);
        appendEventsIn(sqlite, db, rotation.events);
        return row;
      });
    },
    revokeApiKey(keyId, nowMs, events) {
      return sqlite.write((db) => {
        if (statement(db, revokeKey).run(nowMs, keyId).changes > 0) {
          appendEventsIn(sqlite, db, events);
        }
      });
    },
  };
}

export function insertApiKeyIn(db: Database.Database, key: ApiKeyRow): void {
  const { owner, ...columns } = key;
  const accountId = owner.kind === 'account' ? owner.accountId : null;
  const agentId = owner.kind === 'agent' ? owner.agentId : null;
  statement(db, insertKey).run({ ...columns, accountId, agentId });
}

export function revokeKeysOfAgentIn(db: Database.Database, agentId: string, nowMs: number): void {
  statement(db, revokeOfAgent).run(nowMs, agentId);
}

/** The successor may spend what the old key may and no more: rotating must not widen a cap. */
function rotateIn(db: Database.Database, rotation: KeyRotation): ApiKeyRow {
  const { keyId, next, expiresAtMs, nowMs } = rotation;
  const ended = statement<ApiKeyRecord>(db, endKey).get({ keyId, expiresAtMs, nowMs });
  if (ended === undefined) throw new MarketError('KEY_NOT_FOUND', { keyId });
  const { owner, name } = toApiKey(ended);
  const successor = { ...next, owner, name, createdAtMs: nowMs, expiresAtMs: null };
  const row: ApiKeyRow = { ...successor, revokedAtMs: null };
  insertApiKeyIn(db, row);
  copyCapsIn(db, keyId, next.keyId);
  return row;
}

function keysIn(db: Database.Database, owner: ApiKeyRow['owner'], limit: number): ApiKeyRow[] {
  const found =
    owner.kind === 'account'
      ? statement<ApiKeyRecord>(db, selectOfAccount).all(owner.accountId, limit)
      : statement<ApiKeyRecord>(db, selectOfAgent).all(owner.agentId, limit);
  return found.map(toApiKey);
}

function toApiKey(record: ApiKeyRecord): ApiKeyRow {
  return {
    keyId: record.key_id,
    keyHash: record.key_hash,
    owner: ownerOf(record),
    name: record.name,
    createdAtMs: Number(record.created_at_ms),
    expiresAtMs: toNumberOrNull(record.expires_at_ms),
    revokedAtMs: toNumberOrNull(record.revoked_at_ms),
  };
}

function ownerOf({ key_id, account_id, agent_id }: ApiKeyRecord): ApiKeyRow['owner'] {
  if (account_id !== null) return { kind: 'account', accountId: account_id };
  assert(agent_id !== null, `key ${key_id} has no owner`);
  return { kind: 'agent', agentId: agent_id };
}
