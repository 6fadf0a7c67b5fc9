import { ExecutionError } from '../executors/execution-error.ts';

/** What is wrong with an input of a job, for its requester. */
export function inputError(path: string, what: string, cause?: unknown): ExecutionError {
  return new ExecutionError('input_unavailable', `The input ${path} ${what}`, { cause });
}
