import { assert } from '@node3/shared/assert';
import { MarketError } from '@node3/shared/error';
import type { Dependency } from '@node3/shared/job-lifecycle';
import { isTerminalJob, type JobState } from '@node3/shared/job-state';
import type Database from 'better-sqlite3';
import { isDependencyMet } from '../../domain/dependencies.ts';
import type { DependencyRow, DependencyStore } from '../dependency-store.ts';
import type { JobRow } from '../rows.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { changeJobIn } from './sqlite-job-change.ts';
import { statement } from './statement.ts';

const selectNeeded = 'SELECT account_id, state FROM jobs WHERE job_id = ?';
const insertDependency = `
  INSERT INTO job_dependencies (job_id, needed_job_id, condition, state) VALUES (?, ?, ?, ?)`;
const selectEnded = `
  SELECT needed_job_id FROM dependency_work WHERE needed_job_id > '' ORDER BY needed_job_id LIMIT ?`;
const selectWaiting = `
  SELECT job_id FROM job_dependencies
  WHERE needed_job_id = ? AND state = 'open' ORDER BY job_id LIMIT ?`;
const selectOpen = `
  SELECT condition FROM job_dependencies
  WHERE job_id = ? AND needed_job_id = ? AND state = 'open'`;
const settle = 'UPDATE job_dependencies SET state = ? WHERE job_id = ? AND needed_job_id = ?';
const finish = `
  DELETE FROM dependency_work WHERE needed_job_id = @jobId AND NOT EXISTS (
    SELECT 1 FROM job_dependencies WHERE needed_job_id = @jobId AND state = 'open')`;
const selectOfJob = `
  SELECT needed_job_id, condition, state FROM job_dependencies WHERE job_id = ?
  ORDER BY needed_job_id`;

interface NeededRecord {
  account_id: string;
  state: JobState;
}

interface DependencyRecord {
  needed_job_id: string;
  condition: Dependency['condition'];
  state: DependencyRow['state'];
}

export function createSqliteDependencies(sqlite: SqliteDatabase): DependencyStore {
  return {
    async endedDependencies(limit) {
      const ended = sqlite.read((db) =>
        statement<{ needed_job_id: string }>(db, selectEnded).all(limit),
      );
      return ended.map((record) => record.needed_job_id);
    },
    async waitingFor(neededJobId, limit) {
      const waiting = sqlite.read((db) =>
        statement<{ job_id: string }>(db, selectWaiting).all(neededJobId, limit),
      );
      return waiting.map((record) => record.job_id);
    },
    settleDependency(neededJobId, jobId, decide) {
      return sqlite.write((db) => {
        const open = statement<Pick<DependencyRecord, 'condition'>>(db, selectOpen).get(
          jobId,
          neededJobId,
        );
        if (open === undefined) return null;
        const needed = statement<NeededRecord>(db, selectNeeded).get(neededJobId);
        assert(needed !== undefined && isTerminalJob(needed.state), `${neededJobId} has ended`);
        const isMet = isDependencyMet(open.condition, needed.state);
        statement(db, settle).run(isMet ? 'met' : 'failed', jobId, neededJobId);
        return changeJobIn(sqlite, db, jobId, (snapshot) => decide(snapshot, isMet));
      });
    },
    finishDependency(neededJobId) {
      return sqlite.write((db) => {
        statement(db, finish).run({ jobId: neededJobId });
      });
    },
    async dependenciesOf(jobId) {
      const found = sqlite.read((db) => statement<DependencyRecord>(db, selectOfJob).all(jobId));
      return found.map(({ needed_job_id, condition, state }) => ({
        jobId: needed_job_id,
        condition,
        state,
      }));
    },
  };
}

/** Where the jobs stand that a new one is to wait for: only those of the same account can be named. */
export function dependenciesIn(
  db: Database.Database,
  { accountId, spec }: Pick<JobRow, 'accountId' | 'spec'>,
): DependencyRow[] {
  return spec.after.map(({ jobId, condition }, index) => {
    const needed = statement<NeededRecord>(db, selectNeeded).get(jobId);
    if (needed === undefined || needed.account_id !== accountId) {
      const pointer = `/after/${index}/jobId`;
      throw new MarketError('REQUEST_INVALID', {
        errors: [{ pointer, detail: 'is no job of this account' }],
      });
    }
    if (!isTerminalJob(needed.state)) return { jobId, condition, state: 'open' };
    if (isDependencyMet(condition, needed.state)) return { jobId, condition, state: 'met' };
    const detail = `Job ${jobId} is ${needed.state}, and this one is to run only if it succeeds.`;
    throw new MarketError('DEPENDENCY_UNMET', { detail, jobId, state: needed.state });
  });
}

export function insertDependenciesIn(
  db: Database.Database,
  waitingJobId: string,
  dependencies: readonly DependencyRow[],
): void {
  for (const { jobId, condition, state } of dependencies) {
    statement(db, insertDependency).run(waitingJobId, jobId, condition, state);
  }
}
