import type { ExecutionState } from '@node3/shared/execution-state';
import type { Reason } from '@node3/shared/job-state';
import type { BaseUnits } from '@node3/shared/money';
import type { ExecutionRow } from '../rows.ts';
import { fromJson, toNumberOrNull } from './codec.ts';

/** A row of `executions`. */
export interface ExecutionRecord {
  execution_id: string;
  job_id: string;
  attempt: bigint;
  agent_id: string;
  agent_name: string;
  claim_id: string;
  lease_hash: string;
  lease_until_ms: bigint;
  accept_by_ms: bigint | null;
  deadline_ms: bigint | null;
  run_deadline_ms: bigint | null;
  progress_ms: bigint | null;
  preempted_at_ms: bigint | null;
  state: string;
  reason: string | null;
  detail: string | null;
  devices: string;
  rate: bigint | null;
  isolation: string | null;
  image_digest: string | null;
  image_pull: string | null;
  work_progress: string | null;
  exit_code: bigint | null;
  run_ms: number | null;
  peak_memory_bytes: number | null;
  result_hash: string | null;
  log_seq: bigint;
  leased_at_ms: bigint;
  started_at_ms: bigint | null;
  finished_at_ms: bigint | null;
}

export function toExecution(record: ExecutionRecord): ExecutionRow {
  return {
    executionId: record.execution_id,
    jobId: record.job_id,
    attempt: Number(record.attempt),
    agentId: record.agent_id,
    agentName: record.agent_name,
    claimId: record.claim_id,
    leaseHash: record.lease_hash,
    leaseUntilMs: Number(record.lease_until_ms),
    acceptByMs: toNumberOrNull(record.accept_by_ms),
    deadlineMs: toNumberOrNull(record.deadline_ms),
    runDeadlineMs: toNumberOrNull(record.run_deadline_ms),
    progressMs: toNumberOrNull(record.progress_ms),
    preemptedAtMs: toNumberOrNull(record.preempted_at_ms),
    state: record.state as ExecutionState,
    reason: record.reason as Reason | null,
    detail: record.detail,
    devices: fromJson(record.devices) as ExecutionRow['devices'],
    rate: record.rate as BaseUnits | null,
    isolation: record.isolation,
    imageDigest: record.image_digest,
    imagePull: fromJsonOrNull(record.image_pull) as ExecutionRow['imagePull'],
    workProgress: fromJsonOrNull(record.work_progress) as ExecutionRow['workProgress'],
    exitCode: toNumberOrNull(record.exit_code),
    runMs: record.run_ms,
    peakMemoryBytes: record.peak_memory_bytes,
    resultHash: record.result_hash,
    logSeq: Number(record.log_seq),
    leasedAtMs: Number(record.leased_at_ms),
    startedAtMs: toNumberOrNull(record.started_at_ms),
    finishedAtMs: toNumberOrNull(record.finished_at_ms),
  };
}

function fromJsonOrNull(text: string | null): unknown {
  return text === null ? null : fromJson(text);
}

/** Named parameters of every column of `executions` that a new one fills. */
export function fromExecution(execution: ExecutionRow) {
  const { imagePull: _pull, workProgress: _progress, ...filled } = execution;
  return { ...filled, devices: JSON.stringify(execution.devices) };
}
