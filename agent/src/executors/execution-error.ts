import type { OutcomeReason } from './executor.ts';

/** An execution that could not be prepared or started. `reason` decides who pays. */
export class ExecutionError extends Error {
  override readonly name = 'ExecutionError';
  readonly reason: OutcomeReason;

  constructor(reason: OutcomeReason, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.reason = reason;
  }
}
