import { limits } from '@node3/shared/limits';

/** Why an agent that fails again and again is paused, and for how long; null while it may go on. */
export function pauseAfter(faultsInRow: number): { reason: string; forMs: number } | null {
  const beyond = faultsInRow - limits.faultsInRowMax;
  if (beyond < 0) return null;
  const reason = `${faultsInRow} executions in a row failed by the fault of the agent.`;
  return { reason, forMs: Math.min(limits.agentPauseMaxMs, limits.agentPauseMs * 2 ** beyond) };
}
