import { assert } from '@node3/shared/assert';
import { MarketError } from '@node3/shared/error';
import type { KeyRotation, KeyStore } from '../key-store.ts';
import type { ApiKeyRow } from '../rows.ts';
import { copyCapsIn, putCapsIn } from './cap-store.ts';
import { toNumberOrNull } from './codec.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import type { Tx, Work } from './work.ts';

export interface ApiKeyRecord {
  key_id: string;
  key_hash: string;
  account_id: string | null;
  agent_id: string | null;
  name: string | null;
  kind: string;
  scopes: string | null;
  created_at_ms: bigint;
  expires_at_ms: bigint | null;
  ends_at_ms: bigint | null;
  last_used_at_ms: bigint | null;
  revoked_at_ms: bigint | null;
}

const selectKey = 'SELECT * FROM api_keys WHERE key_id = ?';
const insertKey = `
  INSERT INTO api_keys (key_id, key_hash, account_id, agent_id, name, kind, scopes, created_at_ms,
    expires_at_ms, ends_at_ms, last_used_at_ms, revoked_at_ms)
  VALUES (@keyId, @keyHash, @accountId, @agentId, @name, @kind, @scopes, @createdAtMs,
    @expiresAtMs, @endsAtMs, @lastUsedAtMs, @revokedAtMs)`;
const revokeKey =
  'UPDATE api_keys SET revoked_at_ms = ? WHERE key_id = ? AND revoked_at_ms IS NULL';
const revokeOfAgent =
  'UPDATE api_keys SET revoked_at_ms = ? WHERE agent_id = ? AND revoked_at_ms IS NULL';
const noteUse = `
  UPDATE api_keys SET last_used_at_ms = @atMs, expires_at_ms = CASE
      WHEN kind <> 'session' THEN expires_at_ms
      WHEN ends_at_ms < @idleEndMs THEN ends_at_ms
      ELSE @idleEndMs
    END
  WHERE key_id = @keyId AND coalesce(last_used_at_ms, 0) < @atMs`;
const endKey = `
  UPDATE api_keys SET expires_at_ms =
    CASE WHEN expires_at_ms < @expiresAtMs THEN expires_at_ms ELSE @expiresAtMs END
  WHERE key_id = @keyId AND revoked_at_ms IS NULL AND coalesce(expires_at_ms, @nowMs + 1) > @nowMs
  RETURNING *`;
const selectOfAccount = `
  SELECT * FROM api_keys WHERE account_id = ? AND kind = ? AND revoked_at_ms IS NULL
  ORDER BY key_id DESC LIMIT ?`;
const selectOfAgent = `
  SELECT * FROM api_keys WHERE agent_id = ? AND revoked_at_ms IS NULL ORDER BY key_id DESC LIMIT ?`;

export function createApiKeyStore(database: Database): KeyStore {
  return {
    async apiKey(keyId) {
      const found = await database.read((tx) => tx.get<ApiKeyRecord>(selectKey, keyId));
      return found === undefined ? null : toApiKey(found);
    },
    keysOf(owner, limit) {
      return database.read((tx) => keysIn(tx, owner, limit));
    },
    addApiKey(key, { keysMax, caps, events }) {
      return database.write(function* (tx) {
        yield* addApiKeyIn(tx, key, keysMax);
        if (caps !== null) yield* putCapsIn(tx, key.keyId, caps);
        yield* appendEventsIn(tx, events);
      });
    },
    rotateApiKey(rotation) {
      return database.write(function* (tx) {
        const row = yield* rotateIn(tx, rotation);
        yield* appendEventsIn(tx, rotation.events);
        return row;
      });
    },
    noteKeyUses(uses, sessionIdleMs) {
      return database.write(function* (tx) {
        for (const { keyId, atMs } of uses) {
          yield* tx.post(noteUse, { keyId, atMs, idleEndMs: atMs + sessionIdleMs });
        }
      });
    },
    revokeApiKey(keyId, nowMs, events) {
      return database.write(function* (tx) {
        const revoked = yield* tx.run(revokeKey, nowMs, keyId);
        if (revoked > 0) yield* appendEventsIn(tx, events);
      });
    },
  };
}

/** Throws KEYS_TOO_MANY when the owner has `keysMax` that still work. */
export function* addApiKeyIn(tx: Tx, key: ApiKeyRow, keysMax: number): Work<void> {
  const working = (yield* keysIn(tx, key.owner, keysMax * 2)).filter(
    ({ expiresAtMs }) => expiresAtMs === null || expiresAtMs > key.createdAtMs,
  );
  if (working.length >= keysMax) {
    const detail = `There are ${working.length} keys already; ${keysMax} may be in use.`;
    throw new MarketError('KEYS_TOO_MANY', { detail });
  }
  yield* insertApiKeyIn(tx, key);
}

/** Sessions of an account that were not ended, newest first. */
export function sessionsIn(tx: Tx, accountId: string, limit: number): Work<ApiKeyRecord[]> {
  return tx.all<ApiKeyRecord>(selectOfAccount, accountId, 'session', limit);
}

export function* insertApiKeyIn(tx: Tx, key: ApiKeyRow): Work<void> {
  const { owner, ...columns } = key;
  const scopes = key.scopes?.join(' ') ?? null;
  const accountId = owner.kind === 'account' ? owner.accountId : null;
  const agentId = owner.kind === 'agent' ? owner.agentId : null;
  yield* tx.post(insertKey, { ...columns, scopes, accountId, agentId });
}

export function* revokeKeysOfAgentIn(tx: Tx, agentId: string, nowMs: number): Work<void> {
  yield* tx.post(revokeOfAgent, nowMs, agentId);
}

/** The successor may spend what the old key may and no more: rotating must not widen a cap. */
function* rotateIn(tx: Tx, rotation: KeyRotation): Work<ApiKeyRow> {
  const { keyId, next, expiresAtMs, nowMs } = rotation;
  const ended = yield* tx.get<ApiKeyRecord>(endKey, { keyId, expiresAtMs, nowMs });
  if (ended === undefined) throw new MarketError('KEY_NOT_FOUND', { keyId });
  const old = toApiKey(ended);
  const times = { createdAtMs: nowMs, expiresAtMs: old.endsAtMs, lastUsedAtMs: null };
  const row: ApiKeyRow = { ...old, keyId: next.keyId, keyHash: next.keyHash, ...times };
  yield* insertApiKeyIn(tx, row);
  yield* copyCapsIn(tx, keyId, next.keyId);
  return row;
}

function* keysIn(tx: Tx, owner: ApiKeyRow['owner'], limit: number): Work<ApiKeyRow[]> {
  const found =
    owner.kind === 'account'
      ? yield* tx.all<ApiKeyRecord>(selectOfAccount, owner.accountId, 'key', limit)
      : yield* tx.all<ApiKeyRecord>(selectOfAgent, owner.agentId, limit);
  return found.map(toApiKey);
}

export function toApiKey(record: ApiKeyRecord): ApiKeyRow {
  return {
    keyId: record.key_id,
    keyHash: record.key_hash,
    owner: ownerOf(record),
    name: record.name,
    kind: record.kind as ApiKeyRow['kind'],
    scopes: (record.scopes?.split(' ') as ApiKeyRow['scopes']) ?? null,
    createdAtMs: Number(record.created_at_ms),
    expiresAtMs: toNumberOrNull(record.expires_at_ms),
    endsAtMs: toNumberOrNull(record.ends_at_ms),
    lastUsedAtMs: toNumberOrNull(record.last_used_at_ms),
    revokedAtMs: toNumberOrNull(record.revoked_at_ms),
  };
}

function ownerOf({ key_id, account_id, agent_id }: ApiKeyRecord): ApiKeyRow['owner'] {
  if (account_id !== null) return { kind: 'account', accountId: account_id };
  assert(agent_id !== null, `key ${key_id} has no owner`);
  return { kind: 'agent', agentId: agent_id };
}
