import { assert } from '@node3/shared/assert';
import { MarketError } from '@node3/shared/error';
import { executionTransitions, isTerminalExecution } from '@node3/shared/execution-state';
import { isTerminalJob, jobTransitions } from '@node3/shared/job-state';
import { type BaseUnits, zero } from '@node3/shared/money';
import { settlementTransitions } from '@node3/shared/settlement-state';
import { assertTransition } from '@node3/shared/state-machine';
import type Database from 'better-sqlite3';
import type { ChangeOutcome, Decide, JobChange, JobSnapshot, LedgerView } from '../job-store.ts';
import type { ExecutionRow, Fence, JobRow } from '../rows.ts';
import { columnsOfExecution, columnsOfJob, executionPlaces, jobPlaces } from './changed-columns.ts';
import { appendEventsIn, specCacheOf } from './old-style.ts';
import { countForAgentsIn } from './sqlite-agent-counts.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { executionIn, jobIn } from './sqlite-job-reads.ts';
import { ledgerBalanceIn, postTransfersIn } from './sqlite-ledger.ts';
import { insertPayoutIn } from './sqlite-payout-store.ts';
import { recordConductIn } from './sqlite-reputation.ts';
import { statement } from './statement.ts';
import { updateChangedIn } from './update-changed.ts';

/** Whether somebody waits for a job, asked once in its life: when it ends. */
const selectAwaited = `
  SELECT 1 FROM job_dependencies WHERE needed_job_id = +? AND state = 'open' LIMIT 1`;
const noteAwaited = 'INSERT INTO dependency_work (needed_job_id) VALUES (?)';
const selectPayout = 'SELECT payout_id, amount FROM payouts WHERE execution_id = ?';
const unpaid = { payoutId: null, earned: zero };

export function changeJobIn(
  sqlite: SqliteDatabase,
  db: Database.Database,
  jobId: string,
  decide: Decide,
): ChangeOutcome | null {
  const job = jobIn(db, jobId);
  if (job === null) return null;
  const snapshot = { job, execution: holderIn(db, job) };
  return applyIn(sqlite, db, snapshot, decide(snapshot, ledgerViewOf(db)));
}

export function changeExecutionIn(
  sqlite: SqliteDatabase,
  db: Database.Database,
  change: { fence: Fence; agentId: string; decide: Decide; resultHash: string | null },
): ChangeOutcome & { replayed: boolean } {
  const { fence, agentId, decide, resultHash } = change;
  const execution = fencedIn(db, fence, agentId);
  const job = jobIn(db, execution.jobId);
  assert(job !== null, `execution ${execution.executionId} has a job`);
  if (isTerminalExecution(execution.state)) {
    assertSameResult(execution, resultHash);
    const paid = payoutIn(db, execution.executionId);
    return { job, execution, changed: false, isAwaited: false, ...paid, replayed: true };
  }
  const snapshot = { job, execution };
  const decided = decide(snapshot, ledgerViewOf(db));
  return { ...applyIn(sqlite, db, snapshot, withHash(decided, resultHash)), replayed: false };
}

function ledgerViewOf(db: Database.Database): LedgerView {
  return { balance: (account, asset) => ledgerBalanceIn(db, account, asset) };
}

/** The execution that the fence names, over or not. Throws LEASE_STALE for any other. */
export function fencedIn(db: Database.Database, fence: Fence, agentId: string): ExecutionRow {
  const execution = executionIn(db, fence.executionId);
  const fits =
    execution !== null &&
    execution.agentId === agentId &&
    execution.attempt === fence.attempt &&
    execution.leaseHash === fence.leaseHash;
  if (!fits) throw new MarketError('LEASE_STALE', { executionId: fence.executionId });
  return execution;
}

/** An ended execution answers only the report that ended it. */
function assertSameResult(execution: ExecutionRow, resultHash: string | null): void {
  const { executionId } = execution;
  if (resultHash === null || execution.resultHash === null) {
    throw new MarketError('LEASE_STALE', { executionId });
  }
  if (execution.resultHash !== resultHash)
    throw new MarketError('RESULT_CONFLICT', { executionId });
}

function withHash(change: JobChange | null, resultHash: string | null): JobChange | null {
  if (change === null || resultHash === null) return change;
  return { ...change, execution: { ...change.execution, resultHash } };
}

function holderIn(db: Database.Database, job: JobRow): ExecutionRow | null {
  const execution = job.executionId === null ? null : executionIn(db, job.executionId);
  return execution === null || isTerminalExecution(execution.state) ? null : execution;
}

function applyIn(
  sqlite: SqliteDatabase,
  db: Database.Database,
  snapshot: JobSnapshot,
  change: JobChange | null,
): ChangeOutcome {
  if (change === null) return { ...snapshot, changed: false, isAwaited: false, ...unpaid };
  const [first] = change.events;
  assert(first !== undefined, 'every change is explained by an event');
  const nowMs = first.atMs;
  const job = changedJob(snapshot.job, change);
  const execution = changedExecution(snapshot.execution, change);
  assertHeld(job, execution);
  // The execution first: once the job is over, its rows can no longer change.
  if (execution !== null && change.execution !== undefined) {
    const key = { column: 'execution_id', value: execution.executionId };
    updateChangedIn(
      db,
      'executions',
      key,
      columnsOfExecution(snapshot.execution, change),
      executionPlaces,
    );
  }
  const key = { column: 'job_id', value: job.jobId };
  updateChangedIn(db, 'jobs', key, columnsOfJob(snapshot.job, change), jobPlaces);
  postTransfersIn(db, change.transfers ?? [], nowMs);
  if (change.payout) insertPayoutIn(db, change.payout, job.accountId, nowMs);
  countForAgentsIn(sqlite, db, { accountId: job.accountId, execution }, change, nowMs);
  if (change.conduct !== undefined) {
    const subject = { agentId: execution?.agentId ?? null, accountId: job.accountId };
    recordConductIn(db, change.conduct, subject, nowMs);
  }
  appendEventsIn(sqlite, db, change.events);
  const isOver = isTerminalJob(job.state);
  if (isOver) specCacheOf(db).delete(job.jobId);
  const isAwaited = isOver && statement(db, selectAwaited).get(job.jobId) !== undefined;
  if (isAwaited) statement(db, noteAwaited).run(job.jobId);
  const { payoutId = null, amount: earned = zero } = change.payout ?? {};
  return { job, execution, changed: true, isAwaited, payoutId, earned };
}

function changedJob(job: JobRow, change: JobChange): JobRow {
  const changed = { ...job, ...change.job, settlement: change.settlement ?? job.settlement };
  if (change.job?.state !== undefined) {
    assertTransition(jobTransitions, job.state, change.job.state);
  }
  if (change.settlement !== undefined) {
    assertTransition(settlementTransitions, job.settlement.state, change.settlement.state);
  }
  return changed;
}

function changedExecution(execution: ExecutionRow | null, change: JobChange): ExecutionRow | null {
  if (change.execution === undefined) return execution;
  assert(execution !== null, 'there is no execution to change');
  if (change.execution.state !== undefined) {
    assertTransition(executionTransitions, execution.state, change.execution.state);
  }
  return { ...execution, ...change.execution };
}

/** A job is held by an execution exactly while it is assigned or running: neither lives alone. */
function assertHeld(job: JobRow, execution: ExecutionRow | null): void {
  const isHeld = job.state === 'assigned' || job.state === 'running';
  const isLive = execution !== null && !isTerminalExecution(execution.state);
  assert(
    isHeld === isLive,
    `a job is ${job.state} with an execution ${execution?.state ?? 'none'}`,
  );
}

function payoutIn(db: Database.Database, executionId: string) {
  const found = statement<{ payout_id: string; amount: BaseUnits }>(db, selectPayout).get(
    executionId,
  );
  return found === undefined ? unpaid : { payoutId: found.payout_id, earned: found.amount };
}
