import type { ReplyOf } from '@node3/shared/contract';
import { isTerminalJob } from '@node3/shared/job-state';
import type { HodeiJobView, hodeiGetJob } from '@node3/shared/routes/hodei';
import { toTimestamp } from '@node3/shared/schema';
import { correlationLabel } from '../../../domain/hodei-job-spec.ts';
import { toHodeiFailure, toHodeiState } from '../../../domain/hodei-words.ts';
import type { EventRow, ExecutionRow, JobRow } from '../../../store/rows.ts';
import { clientIdLabel } from './hodei-mapping.ts';

/** Jobs in the words of Hodei's pages. */

type Detail = ReplyOf<typeof hodeiGetJob>['data'];
type Step = Detail['timeline'][number];

const timeOrNull = (ms: number | null) => (ms === null ? null : toTimestamp(ms));

/** @param execution its last one; null where it has none. */
export function viewHodeiJob(job: JobRow, execution: ExecutionRow | null): HodeiJobView {
  const { state, reason, exitCode, spec } = job;
  const { runMs = null } = execution ?? {};
  return {
    job_id: job.jobId,
    client_job_id: spec.labels[clientIdLabel] ?? null,
    name: spec.name,
    status: toHodeiState(state),
    correlation_id: spec.labels[correlationLabel] ?? null,
    created_at: toTimestamp(job.createdAtMs),
    started_at: timeOrNull(job.startedAtMs),
    completed_at: timeOrNull(job.finishedAtMs),
    duration_ms: runMs === null ? null : Math.round(runMs),
    attempts: job.attempt,
    max_attempts: spec.retry.attemptsMax,
    worker_id: job.agentId,
    result: isTerminalJob(state)
      ? {
          success: state === 'succeeded',
          exit_code: exitCode,
          output: job.output,
          failure: toHodeiFailure(state, reason, exitCode),
        }
      : null,
  };
}

export function viewHodeiDetail(
  job: JobRow,
  execution: ExecutionRow | null,
  events: readonly EventRow[],
): Detail {
  const { spec } = job;
  const { workload, resources } = spec;
  return {
    ...viewHodeiJob(job, execution),
    timeline: timelineOf(job, execution, events),
    config: {
      command: commandOf(workload),
      image: workload.image,
      image_digest: execution?.imageDigest ?? null,
      env: Object.keys(workload.env ?? {}).toSorted(),
      cpu_cores: resources.cpus,
      memory_bytes: resources.memoryBytes,
      disk_bytes: resources.diskBytes,
      gpu_count: resources.gpus?.count ?? 0,
      timeout_ms: spec.limits.runSec * 1_000,
      priority: spec.priority,
    },
    resources: {
      peak_memory_bytes: execution?.peakMemoryBytes ?? null,
      run_ms: execution?.runMs == null ? null : Math.round(execution.runMs),
      log_bytes: job.logBytes,
    },
  };
}

function commandOf(workload: JobRow['spec']['workload']): string[] {
  if (workload.kind === 'script') return [workload.language, workload.code];
  return [...(workload.entrypoint ?? []), ...(workload.command ?? [])];
}

/**
 * When the last attempt was how far. A step that it never came to is skipped; one whose time nobody
 * has noted has none.
 */
function timelineOf(
  job: JobRow,
  execution: ExecutionRow | null,
  events: readonly EventRow[],
): Step[] {
  const endMs = job.finishedAtMs;
  const timeOf = (name: string, phase?: string) =>
    events.findLast(
      (event) =>
        event.name === name &&
        event.executionId === execution?.executionId &&
        (phase === undefined || event.data['phase'] === phase),
    )?.atMs ?? null;
  const leasedAtMs = execution?.leasedAtMs ?? null;
  const acceptedAtMs = execution === null ? null : timeOf('execution.accepted');
  const startedAtMs = execution?.startedAtMs ?? null;
  const collectingAtMs = timeOf('execution.phase-changed', 'collecting');
  const ranMs = execution?.runMs ?? null;
  const ranUntilMs =
    startedAtMs === null
      ? null
      : (collectingAtMs ??
        (ranMs === null ? null : Math.min(startedAtMs + ranMs, endMs ?? Infinity)));
  const step = (name: Step['step'], fromMs: number | null, untilMs: number | null): Step => ({
    step: name,
    started_at: timeOrNull(fromMs),
    finished_at: fromMs === null ? null : timeOrNull(untilMs ?? endMs),
    state: stateOf(fromMs, untilMs ?? endMs, endMs),
  });
  return [
    step('Queued', job.createdAtMs, leasedAtMs),
    step('Assigned', leasedAtMs, acceptedAtMs),
    step('Image pulled', acceptedAtMs, startedAtMs),
    step('Running', startedAtMs, ranUntilMs),
    step('Cleanup', ranUntilMs, endMs),
  ];
}

function stateOf(fromMs: number | null, untilMs: number | null, endMs: number | null) {
  if (fromMs === null) return endMs === null ? 'pending' : 'skipped';
  return untilMs === null ? 'active' : 'done';
}
