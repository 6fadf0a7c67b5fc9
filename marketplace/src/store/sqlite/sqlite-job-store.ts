import type { JobStore } from '../job-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { changeExecutionIn, changeJobIn } from './sqlite-job-change.ts';
import { claimJobIn } from './sqlite-job-claim.ts';
import { postedBeforeIn, postJobIn } from './sqlite-job-posting.ts';
import { createSqliteJobReads } from './sqlite-job-reads.ts';
import { createSqliteLeaseStore } from './sqlite-lease-store.ts';
import { createSqliteLogStore } from './sqlite-log-store.ts';
import { createSqliteOpenJobs } from './sqlite-open-jobs.ts';

export function createSqliteJobStore(sqlite: SqliteDatabase): JobStore {
  return {
    ...createSqliteJobReads(sqlite),
    ...createSqliteOpenJobs(sqlite),
    ...createSqliteLeaseStore(sqlite),
    ...createSqliteLogStore(sqlite),

    async postedBefore(accountId, idempotency) {
      return sqlite.read((db) => postedBeforeIn(db, accountId, idempotency));
    },
    postJob(posting) {
      return sqlite.write((db) => postJobIn(sqlite, db, posting));
    },
    claimJob(claim) {
      return sqlite.write((db) => claimJobIn(sqlite, db, claim));
    },
    changeExecution(fence, agentId, decide, resultHash) {
      const change = { fence, agentId, decide, resultHash: resultHash ?? null };
      return sqlite.write((db) => changeExecutionIn(sqlite, db, change));
    },
    changeJob(jobId, decide) {
      return sqlite.write((db) => changeJobIn(sqlite, db, jobId, decide));
    },
  };
}
