import {
  type HodeiFailureReason,
  type HodeiLevel,
  type HodeiState,
  hodeiStates,
} from '@node3/shared/hodei-words';
import { type JobState, jobStates, type Reason, reasons } from '@node3/shared/job-state';

/** Between the words of Hodei Jobs and ours, for its REST and for its gRPC; nothing else knows them. */

const stateOf: Record<JobState, HodeiState> = {
  awaiting_funds: 'PENDING',
  queued: 'PENDING',
  assigned: 'ASSIGNED',
  running: 'RUNNING',
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  cancelled: 'CANCELLED',
  timed_out: 'TIMEOUT',
  expired: 'TIMEOUT',
};

export function toHodeiState(state: JobState): HodeiState {
  return stateOf[state];
}

/** Ours behind a word of Hodei; QUEUED and COMPLETED are what its later versions say. null: no such word. */
export function fromHodeiState(word: string): JobState[] | null {
  const given = word.toUpperCase();
  const known = { QUEUED: 'PENDING', COMPLETED: 'SUCCEEDED', SUCCESS: 'SUCCEEDED' }[given] ?? given;
  if (!hodeiStates.some((state) => state === known)) return null;
  return jobStates.filter((state) => stateOf[state] === known);
}

/** A whole millisecond count in the seconds that our limits have: never less than what was asked for. */
export function secondsOf(timeoutMs: number): number {
  return Math.max(1, Math.ceil(timeoutMs / 1_000));
}

const bytesPerMegabyte = 1024 * 1024;

/** Its forms ask for megabytes, its wire has bytes. */
export function bytesOf(megabytes: number): number {
  return megabytes * bytesPerMegabyte;
}

export interface HodeiFailure {
  reason: HodeiFailureReason;
  message: string;
  suggested_action: string;
}

/** What our reasons are in its list; those of machines and networks are all one to it. */
const failureOf: Partial<Record<Reason, HodeiFailureReason>> = {
  nonzero_exit: 'NON_ZERO_EXIT_CODE',
  out_of_memory: 'SIGNAL_RECEIVED',
  run_timeout: 'EXECUTION_TIMEOUT',
  cap_reached: 'EXECUTION_TIMEOUT',
  no_progress: 'EXECUTION_TIMEOUT',
  prepare_timeout: 'EXECUTION_TIMEOUT',
  queue_timeout: 'EXECUTION_TIMEOUT',
  disk_exceeded: 'IO_ERROR',
  image_not_found: 'CONFIGURATION_ERROR',
  command_not_found: 'COMMAND_NOT_FOUND',
  request_invalid: 'VALIDATION_ERROR',
  input_unavailable: 'FILE_NOT_FOUND',
  output_missing: 'FILE_NOT_FOUND',
  output_rejected: 'IO_ERROR',
  dependency_failed: 'VALIDATION_ERROR',
  poison: 'PROCESS_SPAWN_FAILED',
};

/** Exit codes that a shell gives a meaning. */
const shellExits: Record<number, HodeiFailureReason> = {
  126: 'PERMISSION_DENIED',
  127: 'COMMAND_NOT_FOUND',
};
const signalExitsAfter = 128;

/** Why a job failed and what to do about it; null for one that has not, or was cancelled. */
export function toHodeiFailure(
  state: JobState,
  reason: Reason | null,
  exitCode: number | null,
): HodeiFailure | null {
  if (reason === null || !['failed', 'timed_out', 'expired'].includes(state)) return null;
  const { sentence, action } = reasons[reason];
  return { reason: failureWord(reason, exitCode), message: sentence, suggested_action: action };
}

function failureWord(reason: Reason, exitCode: number | null): HodeiFailureReason {
  if (reason !== 'nonzero_exit') return failureOf[reason] ?? 'INFRASTRUCTURE_ERROR';
  if (exitCode === null) return 'NON_ZERO_EXIT_CODE';
  const known = shellExits[exitCode];
  if (known !== undefined) return known;
  return exitCode > signalExitsAfter ? 'SIGNAL_RECEIVED' : 'NON_ZERO_EXIT_CODE';
}

/** What a worker's word for a failure is to us: whose doing it was decides who pays. */
const reasonByFailure: Record<HodeiFailureReason, Reason> = {
  COMMAND_NOT_FOUND: 'command_not_found',
  PERMISSION_DENIED: 'command_not_found',
  FILE_NOT_FOUND: 'command_not_found',
  PROCESS_SPAWN_FAILED: 'engine_error',
  EXECUTION_TIMEOUT: 'run_timeout',
  SIGNAL_RECEIVED: 'nonzero_exit',
  NON_ZERO_EXIT_CODE: 'nonzero_exit',
  INFRASTRUCTURE_ERROR: 'engine_error',
  VALIDATION_ERROR: 'request_invalid',
  CONFIGURATION_ERROR: 'request_invalid',
  SECRET_INJECTION_ERROR: 'engine_error',
  IO_ERROR: 'engine_error',
};

/** A word that nobody knows is the worker's own failure, which costs the requester nothing. */
export function fromHodeiFailure(word: string): Reason {
  const given = word.toUpperCase();
  return Object.hasOwn(reasonByFailure, given)
    ? reasonByFailure[given as HodeiFailureReason]
    : 'engine_error';
}

const levelWords = /\b(TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL)\b/i;
/** A level stands at the beginning of a line, behind a time perhaps. */
const levelWithin = 80;

/** What a line says of itself near its beginning; otherwise stderr is an error. */
export function levelOfLine(text: string, stream: string): HodeiLevel {
  const word = levelWords.exec(text.slice(0, levelWithin))?.[1]?.toUpperCase();
  if (word === undefined) return stream === 'stderr' ? 'ERROR' : 'INFO';
  if (word.startsWith('WARN')) return 'WARN';
  return word === 'INFO' || word === 'DEBUG' || word === 'TRACE' ? 'INFO' : 'ERROR';
}
