import type { Clock } from '@node3/shared/clock';
import { limits } from '@node3/shared/limits';
import { type Loop, type LoopOptions, startLoop } from '@node3/shared/loop';
import type { DepositStore } from '../store/deposit-store.ts';

export interface SingleDeps {
  store: Pick<DepositStore, 'holdWorkerLease' | 'releaseWorkerLease'>;
  clock: Clock;
  /** Who works, of all replicas; null where there is nobody else. */
  replicaId: string | null;
}

interface SingleOptions extends LoopOptions {
  /** While it is false this replica leaves the turn to others. Absent: it always can. */
  canRun?: () => boolean;
}

/**
 * A loop that runs on one replica of many, by a lease in the store; the others look now and then
 * whether it is free. A turn may outlive its lease, and then two run at once: so every step of what
 * such a loop does is a conditional write of its own, and the lease only spares work.
 */
export function startSingleLoop(deps: SingleDeps, options: SingleOptions): Loop {
  const { store, clock, replicaId } = deps;
  const { name, log, canRun = () => true } = options;
  if (replicaId === null) {
    const run = async (signal: AbortSignal) => {
      if (canRun()) await options.run(signal);
    };
    return startLoop({ ...options, run });
  }
  let heldUntilMs = 0;
  const loop = startLoop({
    ...options,
    async run(signal) {
      const nowMs = clock.monotonicMs();
      if (!canRun()) {
        const isHeld = nowMs < heldUntilMs;
        heldUntilMs = 0;
        if (isHeld) await store.releaseWorkerLease(name, replicaId);
        return;
      }
      // Renewed when a third of it is over: most turns cost nothing.
      if (nowMs >= heldUntilMs - (limits.workerLeaseMs * 2) / 3) {
        const atMs = clock.nowMs();
        const lease = { name, owner: replicaId, untilMs: atMs + limits.workerLeaseMs };
        const isHeld = await store.holdWorkerLease(lease, atMs);
        heldUntilMs = isHeld ? nowMs + limits.workerLeaseMs : 0;
        if (!isHeld) return;
      }
      await options.run(signal);
    },
  });
  return {
    wake: () => loop.wake(),
    async stop() {
      await loop.stop();
      try {
        await store.releaseWorkerLease(name, replicaId);
      } catch (error) {
        log.info({ err: error, loop: name }, 'lease not released; it runs out');
      }
    },
  };
}
