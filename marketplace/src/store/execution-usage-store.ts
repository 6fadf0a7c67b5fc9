/** What executions that are over have used, as JSON that only the service reads. */
export interface ExecutionUsageStore {
  /** The first word about an execution stays. */
  saveExecutionUsage(executionId: string, usage: string, nowMs: number): Promise<void>;
  /** null where nothing was measured. */
  executionUsage(executionId: string): Promise<string | null>;
}
