/** What executions that are over have used, as JSON that only the service reads. */
export interface ExecutionUsageStore {
  /** @param join what to store, given what another process has stored already. Pure. */
  saveExecutionUsage(
    executionId: string,
    join: (stored: string | null) => string,
    nowMs: number,
  ): Promise<void>;
  /** null where nothing was measured. */
  executionUsage(executionId: string): Promise<string | null>;
}
