import { assert } from '@node3/shared/assert';
import { MarketError } from '@node3/shared/error';
import { executionTransitions, isTerminalExecution } from '@node3/shared/execution-state';
import { isTerminalJob, jobTransitions } from '@node3/shared/job-state';
import { type BaseUnits, zero } from '@node3/shared/money';
import { settlementTransitions } from '@node3/shared/settlement-state';
import { assertTransition } from '@node3/shared/state-machine';
import type { ChangeOutcome, Decide, JobChange, JobSnapshot } from '../job-store.ts';
import type { ExecutionRow, Fence, JobRow } from '../rows.ts';
import { countForAgentsIn } from './agent-counts.ts';
import { columnsOfExecution, columnsOfJob, executionPlaces, jobPlaces } from './changed-columns.ts';
import { decidedIn } from './decision.ts';
import { appendEventsIn } from './events.ts';
import { executionIn, jobIn } from './job-reads.ts';
import { postTransfersIn } from './ledger.ts';
import { insertPayoutIn } from './payout-store.ts';
import { recordConductIn } from './reputation.ts';
import { updateChangedIn } from './update-changed.ts';
import type { Tx, Work } from './work.ts';

/** Whether somebody waits for a job, asked once in its life: when it ends. */
const selectAwaited = `
  SELECT 1 FROM job_dependencies WHERE needed_job_id = +? AND state = 'open' LIMIT 1`;
const noteAwaited = 'INSERT INTO dependency_work (needed_job_id) VALUES (?)';
const selectPayout = 'SELECT payout_id, amount FROM payouts WHERE execution_id = ?';
const unpaid = { payoutId: null, earned: zero };

export function* changeJobIn(tx: Tx, jobId: string, decide: Decide): Work<ChangeOutcome | null> {
  const job = yield* jobIn(tx, jobId);
  if (job === null) return null;
  const snapshot = { job, execution: yield* holderIn(tx, job) };
  return yield* applyIn(tx, snapshot, yield* decidedIn(tx, snapshot, decide));
}

export function* changeExecutionIn(
  tx: Tx,
  change: { fence: Fence; agentId: string; decide: Decide; resultHash: string | null },
): Work<ChangeOutcome & { replayed: boolean }> {
  const { fence, agentId, decide, resultHash } = change;
  const execution = yield* fencedIn(tx, fence, agentId);
  const job = yield* jobIn(tx, execution.jobId);
  assert(job !== null, `execution ${execution.executionId} has a job`);
  if (isTerminalExecution(execution.state)) {
    assertSameResult(execution, resultHash);
    const paid = yield* payoutIn(tx, execution.executionId);
    return { job, execution, changed: false, isAwaited: false, ...paid, replayed: true };
  }
  const snapshot = { job, execution };
  const decided = yield* decidedIn(tx, snapshot, decide);
  const outcome = yield* applyIn(tx, snapshot, withHash(decided, resultHash));
  return { ...outcome, replayed: false };
}

/** The execution that the fence names, over or not. Throws LEASE_STALE for any other. */
export function* fencedIn(tx: Tx, fence: Fence, agentId: string): Work<ExecutionRow> {
  const execution = yield* executionIn(tx, fence.executionId);
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

function* holderIn(tx: Tx, job: JobRow): Work<ExecutionRow | null> {
  const execution = job.executionId === null ? null : yield* executionIn(tx, job.executionId);
  return execution === null || isTerminalExecution(execution.state) ? null : execution;
}

function* applyIn(tx: Tx, snapshot: JobSnapshot, change: JobChange | null): Work<ChangeOutcome> {
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
    yield* updateChangedIn(
      tx,
      'executions',
      key,
      columnsOfExecution(snapshot.execution, change),
      executionPlaces,
    );
  }
  const key = { column: 'job_id', value: job.jobId };
  yield* updateChangedIn(tx, 'jobs', key, columnsOfJob(snapshot.job, change), jobPlaces);
  if (change.transfers !== undefined) yield* postTransfersIn(tx, change.transfers, nowMs);
  if (change.payout) yield* insertPayoutIn(tx, change.payout, job.accountId, nowMs);
  if (change.agentCount !== undefined || change.agentsForgiven !== undefined) {
    yield* countForAgentsIn(tx, { accountId: job.accountId, execution }, change, nowMs);
  }
  if (change.conduct !== undefined) {
    const subject = { agentId: execution?.agentId ?? null, accountId: job.accountId };
    yield* recordConductIn(tx, change.conduct, subject, nowMs);
  }
  yield* appendEventsIn(tx, change.events);
  const isOver = isTerminalJob(job.state);
  if (isOver) tx.specs.delete(job.jobId);
  const isAwaited = isOver && (yield* tx.get(selectAwaited, job.jobId)) !== undefined;
  if (isAwaited) yield* tx.post(noteAwaited, job.jobId);
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

function* payoutIn(tx: Tx, executionId: string) {
  const found = yield* tx.get<{ payout_id: string; amount: BaseUnits }>(selectPayout, executionId);
  return found === undefined ? unpaid : { payoutId: found.payout_id, earned: found.amount };
}
