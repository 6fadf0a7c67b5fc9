import { assert } from '@node3/shared/assert';
import { MarketError } from '@node3/shared/error';
import type { Dependency } from '@node3/shared/job-lifecycle';
import { isTerminalJob, type JobState } from '@node3/shared/job-state';
import { isDependencyMet } from '../../domain/dependencies.ts';
import type { DependencyRow, DependencyStore } from '../dependency-store.ts';
import type { JobRow } from '../rows.ts';
import type { Database } from './database.ts';
import { changeJobIn } from './job-change.ts';
import type { Tx, Work } from './work.ts';

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

export function createDependencies(database: Database): DependencyStore {
  return {
    async endedDependencies(limit) {
      const ended = await database.read((tx) =>
        tx.all<{ needed_job_id: string }>(selectEnded, limit),
      );
      return ended.map((record) => record.needed_job_id);
    },
    async waitingFor(neededJobId, limit) {
      const waiting = await database.read((tx) =>
        tx.all<{ job_id: string }>(selectWaiting, neededJobId, limit),
      );
      return waiting.map((record) => record.job_id);
    },
    settleDependency(neededJobId, jobId, decide) {
      return database.write(function* (tx) {
        const open = yield* tx.get<Pick<DependencyRecord, 'condition'>>(
          selectOpen,
          jobId,
          neededJobId,
        );
        if (open === undefined) return null;
        const needed = yield* tx.get<NeededRecord>(selectNeeded, neededJobId);
        assert(needed !== undefined && isTerminalJob(needed.state), `${neededJobId} has ended`);
        const isMet = isDependencyMet(open.condition, needed.state);
        yield* tx.post(settle, isMet ? 'met' : 'failed', jobId, neededJobId);
        return yield* changeJobIn(tx, jobId, (snapshot) => decide(snapshot, isMet));
      });
    },
    finishDependency(neededJobId) {
      return database.write(function* (tx) {
        yield* tx.post(finish, { jobId: neededJobId });
      });
    },
    async dependenciesOf(jobId) {
      const found = await database.read((tx) => tx.all<DependencyRecord>(selectOfJob, jobId));
      return found.map(({ needed_job_id, condition, state }) => ({
        jobId: needed_job_id,
        condition,
        state,
      }));
    },
  };
}

/** Where the jobs stand that a new one is to wait for: only those of the same account can be named. */
export function* dependenciesIn(
  tx: Tx,
  { accountId, spec }: Pick<JobRow, 'accountId' | 'spec'>,
): Work<DependencyRow[]> {
  const dependencies: DependencyRow[] = [];
  for (const [index, { jobId, condition }] of spec.after.entries()) {
    const needed = yield* tx.get<NeededRecord>(selectNeeded, jobId);
    if (needed === undefined || needed.account_id !== accountId) {
      const pointer = `/after/${index}/jobId`;
      throw new MarketError('REQUEST_INVALID', {
        errors: [{ pointer, detail: 'is no job of this account' }],
      });
    }
    const isOver = isTerminalJob(needed.state);
    if (!isOver || isDependencyMet(condition, needed.state)) {
      dependencies.push({ jobId, condition, state: isOver ? 'met' : 'open' });
      continue;
    }
    const detail = `Job ${jobId} is ${needed.state}, and this one is to run only if it succeeds.`;
    throw new MarketError('DEPENDENCY_UNMET', { detail, jobId, state: needed.state });
  }
  return dependencies;
}

export function* insertDependenciesIn(
  tx: Tx,
  waitingJobId: string,
  dependencies: readonly DependencyRow[],
): Work<void> {
  for (const { jobId, condition, state } of dependencies) {
    yield* tx.post(insertDependency, waitingJobId, jobId, condition, state);
  }
}
