/** A provider's machine, as far as invariants look at it. */
export interface Machine {
  readonly name: string;
  readonly agentId: string;
  /** When it last began to move again, or will: its process stalled, or all of it slept. */
  readonly movesSinceMs: number;
  /** Workloads that run at this moment, whether anybody watches them or not. */
  workloads(): readonly { executionId: string; jobId: string }[];
  /**
   * The jobs that its agent believes to hold: awake, at work on them, and its lease not over by its
   * own clocks.
   */
  believes(): readonly { executionId: string; jobId: string }[];
}
