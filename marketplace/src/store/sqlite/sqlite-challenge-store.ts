import { limits } from '@node3/shared/limits';
import type { ChallengePurpose } from '@node3/shared/routes/auth';
import type { AccountStore } from '../account-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { statement } from './statement.ts';

interface ChallengeRecord {
  challenge_id: string;
  wallet: string;
  purpose: string;
  message: string;
  expires_at_ms: bigint;
}

const insertChallenge = `
  INSERT INTO challenges (challenge_id, wallet, purpose, message, expires_at_ms)
  VALUES (?, ?, ?, ?, ?)`;
const takeChallenge = 'DELETE FROM challenges WHERE challenge_id = ? RETURNING *';
const deleteExpired = `
  DELETE FROM challenges WHERE challenge_id IN
    (SELECT challenge_id FROM challenges WHERE expires_at_ms <= ? ORDER BY expires_at_ms LIMIT 10)`;

export function createSqliteChallengeStore(
  sqlite: SqliteDatabase,
): Pick<AccountStore, 'saveChallenge' | 'consumeChallenge'> {
  return {
    saveChallenge({ challengeId, wallet, purpose, message, expiresAtMs }) {
      return sqlite.write((db) => {
        // Anybody may ask for challenges: each new one makes room by removing up to ten dead ones.
        statement(db, deleteExpired).run(expiresAtMs - limits.challengeMs);
        statement(db, insertChallenge).run(challengeId, wallet, purpose, message, expiresAtMs);
      });
    },

    consumeChallenge(challengeId, nowMs) {
      return sqlite.write((db) => {
        const taken = statement<ChallengeRecord>(db, takeChallenge).get(challengeId);
        if (taken === undefined || Number(taken.expires_at_ms) <= nowMs) return null;
        return {
          challengeId: taken.challenge_id,
          wallet: taken.wallet,
          purpose: taken.purpose as ChallengePurpose,
          message: taken.message,
          expiresAtMs: Number(taken.expires_at_ms),
        };
      });
    },
  };
}
