import type { Clock } from '@node3/shared/clock';
import { limits } from '@node3/shared/limits';
import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import type { AgentHomes } from '../services/agent-homes.ts';
import { holdReplica } from '../services/hold-replica.ts';
import type { LeaseAmnesty } from '../services/lease-amnesty.ts';
import type { ReplicaStore } from '../store/replica-store.ts';

export interface ReplicaKeeperDeps {
  store: ReplicaStore;
  clock: Clock;
  log: Logger;
  homes: AgentHomes;
  leaseAmnesty: Pick<LeaseAmnesty, 'grant'>;
  replicaId: string;
}

/** Says that this replica lives, and learns which agents went where. */
export function startReplicaKeeper(deps: ReplicaKeeperDeps): Loop {
  const { store, homes, leaseAmnesty, log, replicaId } = deps;
  let isTaken = true;
  const loop = startLoop({
    name: 'replica-keeper',
    intervalMs: limits.replicaRenewMs,
    backoffMaxMs: limits.replicaRenewMs,
    log,
    async run() {
      // Before another replica judges them. What is refused stays owed.
      const granted = leaseAmnesty.grant(null)?.catch(() => undefined);
      if ((await holdReplica(deps)) === 'anew') isTaken = false;
      if (!isTaken) await homes.takeAgain();
      isTaken = true;
      await granted;
      await homes.leaveSilent();
      await homes.read();
    },
  });
  return {
    wake: () => loop.wake(),
    async stop() {
      await loop.stop();
      try {
        await store.endReplica(replicaId);
      } catch (error) {
        log.info({ err: error }, 'the end of this replica is not stored; its time runs out');
      }
    },
  };
}
