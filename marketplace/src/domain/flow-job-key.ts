/** The idempotency key of the job of one step of a run, the same for ever. With spaces, which no header can have. */
export function flowJobKey(runId: string, nodeId: string): string {
  return `flow ${runId} ${nodeId}`;
}
