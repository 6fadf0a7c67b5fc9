import { assert } from '@node3/shared/assert';
import type { JobClaim } from '../job-store.ts';
import { builtInProvider } from '../provider-store.ts';
import type { ExecutionRow, JobRow } from '../rows.ts';
import { appendEventsIn } from './events.ts';
import { fromExecution } from './execution-codec.ts';
import { type JobRecord, toJobWith } from './job-codec.ts';
import { executionByClaimIn, jobIn, specIn } from './job-reads.ts';
import type { Tx, Work } from './work.ts';

/** The one conditional write that decides who gets a job. */
const takeJob = `
  UPDATE jobs SET state = 'assigned', attempt = attempt + 1, execution_id = @executionId, agent_id = @agentId,
    reason = NULL, fault = NULL, not_before_ms = NULL
  WHERE job_id = @jobId AND state = 'queued' AND coalesce(not_before_ms, 0) <= @nowMs
    AND cancel_requested_at_ms IS NULL AND dependencies_open = 0
    AND (@reservedFor IS NULL OR account_id = @reservedFor)
  RETURNING *`;
/** Who drains, is paused or was shut out since the offer was made gets nothing; nor whose provider is. */
const selectActive = `
  SELECT 1 FROM agents WHERE agent_id = ? AND state = 'active' AND NOT EXISTS (
    SELECT 1 FROM providers
    WHERE providers.provider_id = coalesce(agents.provider_id, '${builtInProvider}')
      AND providers.state <> 'active')`;
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

export function* claimJobIn(
  tx: Tx,
  claim: JobClaim,
): Work<{ job: JobRow; execution: ExecutionRow } | null> {
  const { jobId, nowMs, reservedFor } = claim;
  const { executionId, agentId, claimId, devices } = claim.execution;
  const earlier = yield* executionByClaimIn(tx, agentId, claimId);
  if (earlier !== null) return { job: yield* storedJobIn(tx, earlier.jobId), execution: earlier };
  if ((yield* tx.get(selectSpentClaim, agentId, claimId)) !== undefined) return null;
  if ((yield* tx.get(selectActive, agentId)) === undefined) return null;
  const deviceIds = devices.map((device) => device.id);
  for (const deviceId of deviceIds) {
    if ((yield* tx.get(selectDeviceInUse, agentId, deviceId)) !== undefined) return null;
  }
  const take = { jobId, executionId, agentId, nowMs, reservedFor };
  const taken = yield* tx.get<Omit<JobRecord, 'spec'>>(takeJob, take);
  if (taken === undefined) return null;
  const job = toJobWith(taken, tx.specs.get(jobId) ?? (yield* specIn(tx, jobId)));
  const execution: ExecutionRow = { ...claim.execution, jobId, attempt: job.attempt };
  const columns = fromExecution(execution);
  yield* tx.post(insertExecution, ...insertExecutionColumns.map((name) => columns[name]));
  for (const deviceId of deviceIds) {
    yield* tx.post(insertDevice, agentId, deviceId, executionId);
  }
  yield* appendEventsIn(tx, claim.events(job, execution));
  return { job, execution };
}

function* storedJobIn(tx: Tx, jobId: string): Work<JobRow> {
  const job = yield* jobIn(tx, jobId);
  assert(job !== null, `job ${jobId} is stored`);
  return job;
}
