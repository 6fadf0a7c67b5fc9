import { limits } from '@node3/shared/limits';
import type { ChallengePurpose } from '@node3/shared/routes/auth';
import type { AccountStore } from '../account-store.ts';
import type { Database } from './database.ts';

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

export function createChallengeStore(
  database: Database,
): Pick<AccountStore, 'saveChallenge' | 'consumeChallenge'> {
  return {
    saveChallenge({ challengeId, wallet, purpose, message, expiresAtMs }) {
      return database.write(function* (tx) {
        // Anybody may ask for challenges: each new one makes room by removing up to ten dead ones.
        yield* tx.post(deleteExpired, expiresAtMs - limits.challengeMs);
        yield* tx.post(insertChallenge, challengeId, wallet, purpose, message, expiresAtMs);
      });
    },

    consumeChallenge(challengeId, nowMs) {
      return database.write(function* (tx) {
        const taken = yield* tx.get<ChallengeRecord>(takeChallenge, challengeId);
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
