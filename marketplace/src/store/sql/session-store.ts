import type { SessionStore } from '../session-store.ts';
import { type ApiKeyRecord, sessionsIn, toApiKey } from './api-key-store.ts';
import type { Database } from './database.ts';
import { createDeviceLogins } from './device-logins.ts';
import { appendEventsIn } from './events.ts';

const insertSignIn = 'INSERT INTO sign_ins (nonce_hash, facts, expires_at_ms) VALUES (?, ?, ?)';
const takeSignIn = 'DELETE FROM sign_ins WHERE nonce_hash = ? RETURNING facts, expires_at_ms';
const deleteExpired = `
  DELETE FROM sign_ins WHERE nonce_hash IN
    (SELECT nonce_hash FROM sign_ins WHERE expires_at_ms <= ? ORDER BY expires_at_ms LIMIT 10)`;
const deleteEnded = `
  DELETE FROM api_keys WHERE account_id = @accountId AND kind = 'session'
    AND (revoked_at_ms IS NOT NULL OR expires_at_ms <= @nowMs)`;
const endOldest = `
  UPDATE api_keys SET revoked_at_ms = @nowMs
  WHERE account_id = @accountId AND kind = 'session' AND key_id NOT IN
    (SELECT key_id FROM api_keys WHERE account_id = @accountId AND kind = 'session'
     ORDER BY key_id DESC LIMIT @keep)
  RETURNING key_id`;
const endAll = `
  UPDATE api_keys SET revoked_at_ms = @nowMs
  WHERE account_id = @accountId AND kind = 'session' AND revoked_at_ms IS NULL
    AND expires_at_ms > @nowMs`;

export function createSessionStore(database: Database): SessionStore {
  return {
    ...createDeviceLogins(database),
    saveSignIn({ nonceHash, facts, expiresAtMs }, nowMs) {
      return database.write(function* (tx) {
        yield* tx.post(deleteExpired, nowMs);
        yield* tx.post(insertSignIn, nonceHash, facts, expiresAtMs);
      });
    },
    takeSignIn(nonceHash, nowMs) {
      return database.write(function* (tx) {
        const taken = yield* tx.get<{ facts: string; expires_at_ms: bigint }>(
          takeSignIn,
          nonceHash,
        );
        return taken === undefined || Number(taken.expires_at_ms) <= nowMs ? null : taken.facts;
      });
    },
    sessionsOf(accountId, nowMs, limit) {
      return database.read(function* (tx) {
        const found: ApiKeyRecord[] = yield* sessionsIn(tx, accountId, limit);
        return found.map(toApiKey).filter(({ expiresAtMs }) => (expiresAtMs ?? 0) > nowMs);
      });
    },
    tidySessions({ accountId, keep, nowMs, eventOf }) {
      return database.write(function* (tx) {
        yield* tx.post(deleteEnded, { accountId, nowMs });
        const ended = yield* tx.all<{ key_id: string }>(endOldest, { accountId, keep, nowMs });
        const keyIds = ended.map(({ key_id }) => key_id);
        if (keyIds.length > 0) yield* appendEventsIn(tx, keyIds.map(eventOf));
        return keyIds;
      });
    },
    endSessions(accountId, nowMs, events) {
      return database.write(function* (tx) {
        const ended = yield* tx.run(endAll, { accountId, nowMs });
        if (ended > 0) yield* appendEventsIn(tx, events);
        return ended;
      });
    },
  };
}
