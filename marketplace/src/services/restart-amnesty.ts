import type { Clock } from '@node3/shared/clock';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import type { Store } from '../store/store.ts';

/**
 * At start: gives every live lease as much time as it would have had, had we not been away. Agents
 * could not renew meanwhile, so nobody's job is taken from it because of us.
 * @returns the executions that ran without a lease meanwhile: their agents have stopped them, as
 * they must, and it was our doing. With each goes the time when its lease ran out.
 */
export async function extendLeasesAfterDowntime(deps: {
  store: Pick<Store, 'liveExecutions' | 'extendLeases'>;
  clock: Clock;
  log: Logger;
}): Promise<ReadonlyMap<string, number>> {
  const live = await deps.store.liveExecutions(null);
  if (live.length === 0) return new Map();
  const nowMs = deps.clock.nowMs();
  const earliestMs = live.reduce(
    (earliest, { leaseUntilMs }) => Math.min(earliest, leaseUntilMs),
    Number.POSITIVE_INFINITY,
  );
  const byMs = nowMs + limits.leaseMs - earliestMs;
  if (byMs <= 0) return new Map();
  const extended = await deps.store.extendLeases(byMs);
  deps.log.info({ extended, byMs }, 'leases extended after downtime');
  const unsupervised = live.filter(
    ({ leaseUntilMs, startedAtMs }) => startedAtMs !== null && leaseUntilMs <= nowMs,
  );
  return new Map(unsupervised.map(({ executionId, leaseUntilMs }) => [executionId, leaseUntilMs]));
}
