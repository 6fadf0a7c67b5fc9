import { grpcLimits } from '@node3/shared/grpc-limits';
import { isTerminalJob, type JobState, type Reason, reasons } from '@node3/shared/job-state';
import { toHodeiState } from '../domain/hodei-words.ts';
import { readJobOutput } from '../services/await-job.ts';
import { findJobThatRan } from '../services/read-job.ts';
import type { EventRow, ExecutionRow, JobRow } from '../store/rows.ts';
import { toDefinition } from './definition-of-job.ts';
import type { GrpcDeps } from './grpc-deps.ts';
import { toProtoTime, toProtoTimeOrNull } from './proto-time.ts';

/** How our rows look in the messages of Hodei. */

export function statusWord(state: JobState): string {
  return `JOB_STATUS_${toHodeiState(state)}`;
}

export function summaryOf(job: JobRow): object {
  return {
    job_id: job.jobId,
    name: job.spec.name ?? '',
    status: statusWord(job.state),
    created_at: toProtoTime(job.createdAtMs),
    started_at: toProtoTimeOrNull(job.startedAtMs),
    completed_at: toProtoTimeOrNull(job.finishedAtMs),
    priority: `PRIORITY_${job.priority.toUpperCase()}`,
  };
}

/** A job with what it was asked for, every attempt, its end and the last that it wrote. */
export async function viewJob(deps: GrpcDeps, job: JobRow): Promise<object> {
  const ran = await findJobThatRan(deps, job);
  const [executions, output] = await Promise.all([
    deps.store.executionsOfJob(ran.jobId),
    readJobOutput(deps, ran),
  ]);
  return {
    job: summaryOf(job),
    definition: toDefinition(job.jobId, job.spec),
    executions: executions.map(viewExecution),
    result: isTerminalJob(job.state) ? resultOf(job, executions.at(-1) ?? null) : null,
    output: lastOf(output.stdout),
    error_output: lastOf(output.stderr),
  };
}

/** The end is what tells how it went. */
function lastOf(text: string): string {
  return text.length <= grpcLimits.outputChars ? text : text.slice(-grpcLimits.outputChars);
}

function viewExecution(execution: ExecutionRow): object {
  const { reason, exitCode } = execution;
  return {
    execution_id: execution.executionId,
    worker_id: execution.agentId,
    attempt: execution.attempt,
    state: execution.state,
    ...(exitCode !== null && { exit_code: exitCode }),
    error_message: errorOf(reason, execution.detail),
    suggested_action: reason === null || reason === 'exited' ? '' : reasons[reason].action,
    started_at: toProtoTimeOrNull(execution.startedAtMs),
    finished_at: toProtoTimeOrNull(execution.finishedAtMs),
  };
}

function resultOf(job: JobRow, execution: ExecutionRow | null): object {
  const { exitCode, state, reason } = job;
  const runMs = execution?.runMs ?? null;
  const peakMemoryBytes = execution?.peakMemoryBytes ?? null;
  return {
    job_id: job.jobId,
    ...(exitCode !== null && { exit_code: exitCode }),
    success: state === 'succeeded',
    error_message: errorOf(reason, execution?.detail ?? null),
    completed_at: toProtoTimeOrNull(job.finishedAtMs),
    ...(runMs !== null && { run_ms: runMs }),
    ...(peakMemoryBytes !== null && { peak_memory_bytes: peakMemoryBytes }),
    reason: reason ?? '',
  };
}

function errorOf(reason: Reason | null, detail: string | null): string {
  if (reason === null || reason === 'exited') return '';
  const { sentence } = reasons[reason];
  return detail === null ? sentence : `${sentence} ${detail}`;
}

export function viewEvent(event: EventRow): object {
  return {
    job_id: event.jobId ?? '',
    execution_id: event.executionId ?? '',
    event_type: event.name,
    actor: event.actor,
    reason: event.reason ?? '',
    data_json: JSON.stringify(event.data),
    timestamp: toProtoTime(event.atMs),
    sequence: event.seq,
  };
}
