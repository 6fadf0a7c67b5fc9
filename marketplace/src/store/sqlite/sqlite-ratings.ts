import { MarketError } from '@node3/shared/error';
import type { AgentStore } from '../agent-store.ts';
import type { RatingRow } from '../rows.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { statement } from './statement.ts';

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

export function createSqliteRatings(
  sqlite: SqliteDatabase,
): Pick<AgentStore, 'addRating' | 'ratingsOfAgent'> {
  return {
    addRating(rating) {
      return sqlite.write((db) => {
        const added = statement(db, insertRating).run(rating);
        if (added.changes === 0) throw new MarketError('RATING_EXISTS', { jobId: rating.jobId });
      });
    },
    async ratingsOfAgent(agentId, limit) {
      return sqlite.read((db) =>
        statement<RatingRecord>(db, selectRatings).all(agentId, limit).map(toRating),
      );
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
