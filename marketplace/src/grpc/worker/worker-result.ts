import { MarketError } from '@node3/shared/error';
import { createMessageValidator } from '@node3/shared/http/request-validator';
import { type Reason, reasonNames } from '@node3/shared/job-state';
import { ExecutionResult } from '@node3/shared/routes/agents';
import { fromHodeiFailure } from '../../domain/hodei-words.ts';
import type { ExecutionRow } from '../../store/rows.ts';

/** hodei.JobResult as it is read. */
export interface JobResult {
  job_id: string;
  exit_code?: number;
  success: boolean;
  error_message: string;
  run_ms?: number;
  peak_memory_bytes?: number;
  started?: boolean;
  reason: string;
}

/** What else decides what a worker's word means. */
export interface ResultFacts {
  execution: Pick<ExecutionRow, 'startedAtMs' | 'logSeq'>;
  isCancelled: boolean;
  nowMs: number;
}

const detailChars = 2_000;

const resultProblems = createMessageValidator(ExecutionResult);

/** Our names of what may be wrong in one, as the proto file has them. */
const theirNames: Record<string, string> = {
  exitCode: 'exit_code',
  runMs: 'run_ms',
  peakMemoryBytes: 'peak_memory_bytes',
};

/**
 * A worker's report in our words; the services refuse one that contradicts itself. Throws
 * REQUEST_INVALID for numbers that none can be.
 */
export function toExecutionResult(
  result: JobResult,
  { execution, isCancelled, nowMs }: ResultFacts,
): ExecutionResult {
  const { exit_code: exitCode = null, success, error_message: message } = result;
  const heldMs = Math.max(0, nowMs - (execution.startedAtMs ?? nowMs));
  const reason = success ? 'exited' : failureOf(result, isCancelled);
  const reported: ExecutionResult = {
    outcome: success ? 'succeeded' : outcomeOf(reason),
    reason,
    detail: message === '' ? null : message.slice(0, detailChars),
    exitCode: success ? (exitCode ?? 0) : exitCode,
    started: result.started ?? true,
    runMs: Math.min(result.run_ms ?? heldMs, heldMs),
    peakMemoryBytes: result.peak_memory_bytes ?? null,
    isolation: null,
    imageDigest: null,
    logLines: execution.logSeq,
  };
  const errors = resultProblems(reported).map(({ pointer, detail }) => ({
    pointer: `/result/${theirNames[pointer.slice(1)] ?? pointer.slice(1)}`,
    detail,
  }));
  if (errors.length > 0) throw new MarketError('REQUEST_INVALID', { errors });
  return reported;
}

function failureOf({ reason, exit_code: exitCode }: JobResult, isCancelled: boolean): Reason {
  // It was asked to stop it: that is why it ended, whatever the program made of it.
  if (isCancelled) return 'cancelled_by_requester';
  const ours = reasonNames.find((name) => name === reason);
  if (ours !== undefined) return ours;
  if (reason !== '') return fromHodeiFailure(reason);
  return exitCode !== undefined && exitCode !== 0 ? 'nonzero_exit' : 'engine_error';
}

function outcomeOf(reason: Reason): ExecutionResult['outcome'] {
  if (reason === 'run_timeout' || reason === 'no_progress') return 'timed_out';
  return reason === 'cancelled_by_requester' ? 'cancelled' : 'failed';
}
