import { MarketError } from '@node3/shared/error';
import type { AgentStore } from '../agent-store.ts';
import type { RatingRow } from '../rows.ts';
import type { Database } from './database.ts';

interface RatingRecord {
  job_id: string;
  account_id: string;
  agent_id: string;
  stars: bigint;
  comment: string | null;
  rated_at_ms: bigint;
}

const insertRating = `
  INSERT INTO ratings (job_id, account_id, agent_id, stars, comment, rated_at_ms)
  VALUES (@jobId, @accountId, @agentId, @stars, @comment, @ratedAtMs)
  ON CONFLICT (job_id) DO NOTHING`;
const selectRatings = 'SELECT * FROM ratings WHERE agent_id = ? ORDER BY rated_at_ms DESC LIMIT ?';

export function createRatings(
  database: Database,
): Pick<AgentStore, 'addRating' | 'ratingsOfAgent'> {
  return {
    addRating(rating) {
      return database.write(function* (tx) {
        const added = yield* tx.run(insertRating, rating);
        if (added === 0) throw new MarketError('RATING_EXISTS', { jobId: rating.jobId });
      });
    },
    ratingsOfAgent(agentId, limit) {
      return database.read(function* (tx) {
        return (yield* tx.all<RatingRecord>(selectRatings, agentId, limit)).map(toRating);
      });
    },
  };
}

function toRating(record: RatingRecord): RatingRow {
  return {
    jobId: record.job_id,
    accountId: record.account_id,
    agentId: record.agent_id,
    stars: Number(record.stars),
    comment: record.comment,
    ratedAtMs: Number(record.rated_at_ms),
  };
}
