import { assert } from '@node3/shared/assert';
import type Database from 'better-sqlite3';
import type { JobClaim } from '../job-store.ts';
import type { ExecutionRow, JobRow } from '../rows.ts';
import { fromExecution } from './execution-codec.ts';
import { type JobRecord, toJobWith } from './job-codec.ts';
import { appendEventsIn } from './old-style.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { executionByClaimIn, jobIn, specIn } from './sqlite-job-reads.ts';
import { statement } from './statement.ts';

/** The one conditional write that decides who gets a job. */
const takeJob = `
  UPDATE jobs SET state = 'assigned', attempt = attempt + 1, execution_id = @executionId, agent_id = @agentId,
    reason = NULL, fault = NULL, not_before_ms = NULL
  WHERE job_id = @jobId AND state = 'queued' AND coalesce(not_before_ms, 0) <= @nowMs
    AND cancel_requested_at_ms IS NULL AND dependencies_open = 0
    AND (@reservedFor IS NULL OR account_id = @reservedFor)
  RETURNING *`;
/** Who drains, is paused or was shut out since the offer was made gets nothing. */
const selectActive = "SELECT 1 FROM agents WHERE agent_id = ? AND state = 'active'";
const selectDeviceInUse = 'SELECT 1 FROM execution_devices WHERE agent_id = ? AND device_id = ?';
/** A claim whose execution was accepted: a late copy of its poll must not lease another job. */
const selectSpentClaim = `
  SELECT 1 FROM executions
  WHERE agent_id = ? AND claim_id = ? AND live = 0
    AND coalesce(reason, '') <> 'offer_not_accepted' LIMIT 1`;
const insertDevice =
  'INSERT INTO execution_devices (agent_id, device_id, execution_id) VALUES (?, ?, ?)';
/** In the order of the statement: binding by position costs a third of binding by name. */
const insertExecutionColumns = [
  'executionId',
  'jobId',
  'attempt',
  'agentId',
  'agentName',
  'claimId',
  'leaseHash',
  'leaseUntilMs',
  'acceptByMs',
  'deadlineMs',
  'runDeadlineMs',
  'progressMs',
  'state',
  'reason',
  'detail',
  'devices',
  'rate',
  'isolation',
  'imageDigest',
  'exitCode',
  'runMs',
  'peakMemoryBytes',
  'resultHash',
  'logSeq',
  'leasedAtMs',
  'startedAtMs',
  'finishedAtMs',
] as const;
const insertExecution = `
  INSERT INTO executions (execution_id, job_id, attempt, agent_id, agent_name, claim_id,
    lease_hash, lease_until_ms, accept_by_ms, deadline_ms, run_deadline_ms, progress_ms, state, reason, detail, devices, rate, isolation,
    image_digest, exit_code, run_ms, peak_memory_bytes, result_hash, log_seq, leased_at_ms,
    started_at_ms, finished_at_ms)
  VALUES (${insertExecutionColumns.map(() => '?').join(', ')})`;

export function claimJobIn(
  sqlite: SqliteDatabase,
  db: Database.Database,
  claim: JobClaim,
): { job: JobRow; execution: ExecutionRow } | null {
  const { jobId, nowMs, reservedFor } = claim;
  const { executionId, agentId, claimId, devices } = claim.execution;
  const earlier = executionByClaimIn(db, agentId, claimId);
  if (earlier !== null) return { job: storedJobIn(db, earlier.jobId), execution: earlier };
  if (statement(db, selectSpentClaim).get(agentId, claimId) !== undefined) return null;
  if (statement(db, selectActive).get(agentId) === undefined) return null;
  const deviceIds = devices.map((device) => device.id);
  const inUse = statement(db, selectDeviceInUse);
  if (deviceIds.some((deviceId) => inUse.get(agentId, deviceId) !== undefined)) return null;
  const take = statement<Omit<JobRecord, 'spec'>>(db, takeJob);
  const taken = take.get({ jobId, executionId, agentId, nowMs, reservedFor });
  if (taken === undefined) return null;
  const job = toJobWith(taken, specIn(db, jobId));
  const execution: ExecutionRow = { ...claim.execution, jobId, attempt: job.attempt };
  const columns = fromExecution(execution);
  statement(db, insertExecution).run(...insertExecutionColumns.map((name) => columns[name]));
  for (const deviceId of deviceIds) {
    statement(db, insertDevice).run(agentId, deviceId, executionId);
  }
  appendEventsIn(sqlite, db, claim.events(job, execution));
  return { job, execution };
}

function storedJobIn(db: Database.Database, jobId: string): JobRow {
  const job = jobIn(db, jobId);
  assert(job !== null, `job ${jobId} is stored`);
  return job;
}
