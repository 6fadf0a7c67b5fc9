import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import { agentLimits } from '../agent-limits.ts';
import type { LeaseClock } from './lease-clock.ts';

export interface LeaseWatchDeps {
  leases: LeaseClock;
  log: Logger;
  /** The workload must be stopped; called again until its lease is forgotten or renewed. */
  onExpired(executionId: string): void;
}

/**
 * The agent fences itself: a workload whose lease can't be renewed is stopped here before the
 * marketplace may give the job to another agent. Looking at the clocks again and again instead of
 * setting a timer is what notices a laptop that slept.
 */
export function startLeaseWatch(deps: LeaseWatchDeps): Loop {
  return startLoop({
    name: 'lease-watch',
    log: deps.log,
    intervalMs: agentLimits.leaseCheckMs,
    async run() {
      for (const executionId of deps.leases.expired()) deps.onExpired(executionId);
    },
  });
}
