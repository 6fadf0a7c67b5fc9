import type { JournalExecution } from '../journal/journal.ts';
import type { HeartbeatVerdict } from '../marketplace-link/heartbeater.ts';

/**
 * What a new process does with an execution of the one before.
 * - `deliver`: its end is known, the outbox owes it.
 * - `release`: it never started here; somebody else may have it.
 * - `prepare`: it was ours and never started, and the lease still lives.
 * - `find`: it may have started; only the engine knows.
 * - `supersede`: the marketplace gave it away; what is left of it is removed.
 */
export type RecoveryStep = 'deliver' | 'release' | 'prepare' | 'find' | 'supersede';

/** Decides from the journal, the marketplace's verdict (null: not reachable) and our own lease. */
export function planRecovery(
  execution: JournalExecution,
  verdict: HeartbeatVerdict | null,
  lease: 'live' | 'over',
): RecoveryStep {
  if (execution.pending !== null) return 'deliver';
  if (execution.phase === 'offered') return 'release';
  if (verdict === 'stop') return 'supersede';
  if (execution.phase === 'accepted' || execution.phase === 'preparing') {
    return lease === 'live' ? 'prepare' : 'release';
  }
  return 'find';
}
