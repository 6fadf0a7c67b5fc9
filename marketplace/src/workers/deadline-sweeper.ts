import type { Logger } from '@node3/shared/logger';
import type { Loop } from '@node3/shared/loop';
import type { JobChangeDeps } from '../services/change-job.ts';
import { adoptAgents } from '../services/hold-replica.ts';
import type { LeaseAmnesty } from '../services/lease-amnesty.ts';
import { sweepDeadlines } from '../services/sweep-deadlines.ts';
import { type SingleDeps, startSingleLoop } from './single-loop.ts';

/** Deadlines are in seconds, so once a second is exact enough. */
const sweepIntervalMs = 1_000;

type SweeperDeps = JobChangeDeps &
  SingleDeps & { log: Logger; leaseAmnesty: Pick<LeaseAmnesty, 'grant'> };

/**
 * Before it judges leases it takes over the agents of replicas that are dead by then: those could not
 * renew, and get the time that they were without one.
 */
export function startDeadlineSweeper(deps: SweeperDeps): Loop {
  const { clock, leaseAmnesty, log, replicaId } = deps;
  return startSingleLoop(deps, {
    name: 'deadline-sweeper',
    intervalMs: sweepIntervalMs,
    log,
    async run() {
      await leaseAmnesty.grant(null);
      const nowMs = clock.nowMs();
      if (replicaId !== null) await adoptAgents({ ...deps, replicaId }, nowMs);
      const changed = await sweepDeadlines(deps, nowMs);
      if (changed > 0) log.info({ changed }, 'deadlines applied');
    },
  });
}
