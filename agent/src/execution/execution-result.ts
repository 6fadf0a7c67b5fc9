import type { ExecutionOutcomeState } from '@node3/shared/execution-state';
import type { Reason } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import type { ExecutionResult } from '@node3/shared/routes/agents';
import { ExecutionError } from '../executors/execution-error.ts';
import type { ExecutionOutcome, OutcomeReason } from '../executors/executor.ts';

/** What the agent adds to what the executor knows. */
export interface ResultFacts {
  isolation: string | null;
  imageDigest: string | null;
  logLines: number;
}

const reasonOf: Record<OutcomeReason, Reason> = {
  exited: 'exited',
  nonzero_exit: 'nonzero_exit',
  out_of_memory: 'out_of_memory',
  out_of_disk: 'disk_exceeded',
  run_timeout: 'run_timeout',
  cancelled: 'cancelled_by_requester',
  image_not_found: 'image_not_found',
  image_pull_failed: 'image_pull_failed',
  command_not_found: 'command_not_found',
  request_invalid: 'request_invalid',
  input_unavailable: 'input_unavailable',
  output_missing: 'output_missing',
  output_rejected: 'output_rejected',
  engine_error: 'engine_error',
  gpu_error: 'gpu_error',
};

const detailCharsMax = 2_000;

/** The result of a workload that ran, in the marketplace's words. */
export function toResult(outcome: ExecutionOutcome, facts: ResultFacts): ExecutionResult {
  const { output, omitted } = readOutput(outcome.output);
  const runMs = Math.max(0, Math.round(outcome.runMs ?? 0));
  return {
    ...emptyResult(reasonOf[outcome.reason], `${outcome.detail}${omitted}`, facts),
    exitCode: readExitCode(outcome.exitCode),
    runMs,
    started: outcome.startedAtMs !== null,
    peakMemoryBytes: outcome.peakMemoryBytes === null ? null : Math.round(outcome.peakMemoryBytes),
    ...(output === undefined ? {} : { output }),
    ...(omitted === '' ? {} : { outputOmitted: true }),
  };
}

/** The result of an execution whose workload gave none: it never ran, or nobody knows its end. */
export function emptyResult(reason: Reason, detail: string, facts: ResultFacts): ExecutionResult {
  return {
    outcome: outcomeOf(reason),
    reason,
    detail: detail.slice(0, detailCharsMax),
    exitCode: null,
    runMs: 0,
    started: false,
    peakMemoryBytes: null,
    isolation: facts.isolation,
    imageDigest: facts.imageDigest,
    logLines: facts.logLines,
  };
}

/** Why a workload could not be prepared, started or waited for. */
export function failureOf(error: unknown): { reason: Reason; detail: string } {
  if (error instanceof ExecutionError) {
    return { reason: reasonOf[error.reason], detail: error.message };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { reason: 'engine_error', detail };
}

/** How an execution ends that ends for this reason. */
export function outcomeOf(reason: Reason): ExecutionOutcomeState {
  if (reason === 'exited') return 'succeeded';
  if (reason === 'run_timeout' || reason === 'no_progress') return 'timed_out';
  return reason === 'cancelled_by_requester' ? 'cancelled' : 'failed';
}

/** Windows has exit codes that the wire has no room for; the detail names them. */
function readExitCode(exitCode: number | null): number | null {
  return exitCode !== null && exitCode >= -1 && exitCode <= 255 ? exitCode : null;
}

function readOutput(output: unknown): { output?: unknown; omitted: string } {
  if (output === null || output === undefined) return { omitted: '' };
  const bytes = Buffer.byteLength(JSON.stringify(output));
  if (bytes <= limits.structuredOutputBytes) return { output, omitted: '' };
  const omitted = ` The structured output of ${bytes} bytes is over the limit of ${limits.structuredOutputBytes} and left out.`;
  return { omitted };
}
