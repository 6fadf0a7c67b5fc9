import { MarketError } from '@node3/shared/error';
import type Database from 'better-sqlite3';
import type { AgentStore, TokenUse } from '../agent-store.ts';
import type { AgentRow, RegistrationTokenRow } from '../rows.ts';
import { toNumberOrNull } from './codec.ts';
import { appendEventsIn } from './old-style.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { statement } from './statement.ts';

interface TokenRecord {
  token_id: string;
  token_hash: string;
  name: string | null;
  wallet: string | null;
  created_at_ms: bigint;
  expires_at_ms: bigint;
  used_at_ms: bigint | null;
  used_by_agent_id: string | null;
  revoked_at_ms: bigint | null;
}

const insertToken = `
  INSERT INTO registration_tokens (token_id, token_hash, name, wallet, created_at_ms, expires_at_ms)
  VALUES (@tokenId, @tokenHash, @name, @wallet, @createdAtMs, @expiresAtMs)`;
const selectToken = 'SELECT * FROM registration_tokens WHERE token_id = ?';
const selectTokens = 'SELECT * FROM registration_tokens ORDER BY token_id DESC LIMIT ?';
const revokeToken = `
  UPDATE registration_tokens SET revoked_at_ms = ?
  WHERE token_id = ? AND revoked_at_ms IS NULL AND used_at_ms IS NULL`;
/** The one conditional write that lets a token work once. */
const takeToken = `
  UPDATE registration_tokens SET used_at_ms = @nowMs, used_by_agent_id = @agentId
  WHERE token_id = @tokenId AND token_hash = @tokenHash AND used_at_ms IS NULL
    AND revoked_at_ms IS NULL AND expires_at_ms > @nowMs
    AND coalesce(name, @name) = @name AND coalesce(wallet, @wallet) = @wallet`;

export function createSqliteRegistrationTokens(
  sqlite: SqliteDatabase,
): Pick<AgentStore, 'addRegistrationToken' | 'registrationTokens' | 'revokeRegistrationToken'> {
  return {
    addRegistrationToken(token, events) {
      return sqlite.write((db) => {
        statement(db, insertToken).run(token);
        appendEventsIn(sqlite, db, events);
      });
    },
    async registrationTokens(limit) {
      return sqlite.read((db) => statement<TokenRecord>(db, selectTokens).all(limit).map(toToken));
    },
    revokeRegistrationToken(tokenId, nowMs, events) {
      return sqlite.write((db) => {
        const { changes } = statement(db, revokeToken).run(nowMs, tokenId);
        if (changes > 0) appendEventsIn(sqlite, db, events);
        const found = statement<TokenRecord>(db, selectToken).get(tokenId);
        return found === undefined ? null : toToken(found);
      });
    },
  };
}

/** Uses a token up for this agent. Throws REGISTRATION_TOKEN_INVALID, whose answer never says why. */
export function useRegistrationTokenIn(
  db: Database.Database,
  token: TokenUse,
  { agentId, name, wallet }: Pick<AgentRow, 'agentId' | 'name' | 'wallet'>,
  nowMs: number,
): void {
  const taken = statement(db, takeToken).run({ ...token, agentId, name, wallet, nowMs });
  if (taken.changes === 0) throw new MarketError('REGISTRATION_TOKEN_INVALID');
}

function toToken(record: TokenRecord): RegistrationTokenRow {
  return {
    tokenId: record.token_id,
    tokenHash: record.token_hash,
    name: record.name,
    wallet: record.wallet,
    createdAtMs: Number(record.created_at_ms),
    expiresAtMs: Number(record.expires_at_ms),
    usedAtMs: toNumberOrNull(record.used_at_ms),
    usedByAgentId: record.used_by_agent_id,
    revokedAtMs: toNumberOrNull(record.revoked_at_ms),
  };
}
