import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { Actor } from '@node3/shared/events';
import { isTerminalExecution } from '@node3/shared/execution-state';
import type { Ids } from '@node3/shared/ids';
import { isClaimable } from '../domain/dependencies.ts';
import type { EndContext } from '../domain/job-ending.ts';
import type { Matchmaker } from '../matching/matchmaker.ts';
import type { ChangeOutcome } from '../store/job-store.ts';
import type { Store } from '../store/store.ts';
import type { CancelNotices } from './cancel-notices.ts';
import type { WorkBoard } from './work-board.ts';

/** What every service needs that moves a job from one state to another. */
export interface JobChangeDeps {
  store: Store;
  clock: Clock;
  ids: Ids;
  matchmaker: Matchmaker;
  work: WorkBoard;
  cancels: CancelNotices;
  /** Time for disputes: what an accepted result earns leaves this much later. */
  holdbackMs: number;
  /** When the lease of an execution ran out while the marketplace was away; null where it did not. */
  unsupervisedSince(executionId: string, agentId: string): Promise<number | null>;
  /** Starts the payout of what has just become due. */
  wakePayouts(): void;
  /** Looks after the jobs that waited for one that has just ended. */
  wakeDependencies(): void;
}

/** Facts the pure decisions need. The payout id is used only when there is something to pay. */
export async function endContext(
  deps: Pick<JobChangeDeps, 'store' | 'clock' | 'ids' | 'holdbackMs'>,
  actor: Actor,
  agentId: string | null,
): Promise<EndContext> {
  const wallet = agentId === null ? null : await deps.store.walletOfAgent(agentId);
  if (agentId !== null && wallet === null) {
    throw new MarketError('INTERNAL', { detail: `Agent ${agentId} is not in the store.` });
  }
  const nowMs = deps.clock.nowMs();
  return {
    nowMs,
    actor,
    payoutDueAtMs: nowMs + deps.holdbackMs,
    payoutId: deps.ids.next('payout'),
    wallet: wallet ?? '',
  };
}

/** Tells the matchmaker and the payout engine what a stored change means for them. */
export function announceChange(deps: JobChangeDeps, outcome: ChangeOutcome): void {
  if (!outcome.changed) return;
  const { execution } = outcome;
  if (execution !== null && isTerminalExecution(execution.state)) deps.work.ended(execution);
  if (isClaimable(outcome.job)) deps.matchmaker.addJob(outcome.job);
  else deps.matchmaker.removeJob(outcome.job.jobId);
  // What is due later is found when it is.
  if (outcome.payoutId !== null && deps.holdbackMs === 0) deps.wakePayouts();
  if (outcome.isAwaited) deps.wakeDependencies();
}
