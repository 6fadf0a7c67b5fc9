import type { Clock } from '@node3/shared/clock';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import type { Adopted, ReplicaStore } from '../store/replica-store.ts';

interface Deps {
  store: ReplicaStore;
  clock: Clock;
  log: Logger;
  replicaId: string;
}

/** Says that this replica lives. `anew` at its start, and when it was believed to be dead. */
export async function holdReplica(deps: Deps): Promise<'kept' | 'anew'> {
  const { store, clock, replicaId } = deps;
  const nowMs = clock.nowMs();
  const untilMs = nowMs + limits.replicaLeaseMs;
  const { held, adopted } = await store.holdReplica({
    replicaId,
    nowMs,
    untilMs,
    leaseMs: limits.leaseMs,
  });
  tellOf(deps, adopted);
  return held;
}

/** Takes over the agents of replicas that are dead at this time. */
export async function adoptAgents(deps: Deps, nowMs: number): Promise<void> {
  const { store, replicaId } = deps;
  tellOf(deps, await store.adoptAgents({ replicaId, nowMs, leaseMs: limits.leaseMs }));
}

function tellOf({ log }: Deps, adopted: Adopted): void {
  if (adopted.replicas + adopted.executions === 0) return;
  log.info({ ...adopted }, 'agents of dead replicas taken over');
}
