import { MarketError } from '@node3/shared/error';
import type { AgentStore, TokenUse } from '../agent-store.ts';
import type { AgentRow, RegistrationTokenRow } from '../rows.ts';
import { toNumberOrNull } from './codec.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import type { Tx, Work } from './work.ts';

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
  provider_id: string | null;
}

const insertToken = `
  INSERT INTO registration_tokens (token_id, token_hash, name, wallet, created_at_ms, expires_at_ms,
    provider_id)
  VALUES (@tokenId, @tokenHash, @name, @wallet, @createdAtMs, @expiresAtMs, @providerId)`;
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
    AND coalesce(name, @name) = @name AND coalesce(wallet, @wallet) = @wallet
  RETURNING provider_id`;

export function createRegistrationTokens(
  database: Database,
): Pick<AgentStore, 'addRegistrationToken' | 'registrationTokens' | 'revokeRegistrationToken'> {
  return {
    addRegistrationToken(token, events) {
      return database.write(function* (tx) {
        yield* tx.post(insertToken, token);
        yield* appendEventsIn(tx, events);
      });
    },
    registrationTokens(limit) {
      return database.read(function* (tx) {
        return (yield* tx.all<TokenRecord>(selectTokens, limit)).map(toToken);
      });
    },
    revokeRegistrationToken(tokenId, nowMs, events) {
      return database.write(function* (tx) {
        const revoked = yield* tx.run(revokeToken, nowMs, tokenId);
        if (revoked > 0) yield* appendEventsIn(tx, events);
        const found = yield* tx.get<TokenRecord>(selectToken, tokenId);
        return found === undefined ? null : toToken(found);
      });
    },
  };
}

/**
 * Uses a token up for this agent. Throws REGISTRATION_TOKEN_INVALID, whose answer never says why.
 * @returns the provider whose agent it is now; null for the built-in one.
 */
export function* useRegistrationTokenIn(
  tx: Tx,
  token: TokenUse,
  { agentId, name, wallet }: Pick<AgentRow, 'agentId' | 'name' | 'wallet'>,
  nowMs: number,
): Work<string | null> {
  const taken = yield* tx.get<Pick<TokenRecord, 'provider_id'>>(takeToken, {
    ...token,
    agentId,
    name,
    wallet,
    nowMs,
  });
  if (taken === undefined) throw new MarketError('REGISTRATION_TOKEN_INVALID');
  return taken.provider_id;
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
    providerId: record.provider_id,
  };
}
