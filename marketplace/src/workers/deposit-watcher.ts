import type { Ids } from '@node3/shared/ids';
import { type Loop, startLoop } from '@node3/shared/loop';
import { type ScanDeps, scanDeposits } from '../services/scan-deposits.ts';

const leaseName = 'deposit-watcher';
/** How long one watcher keeps others away without renewing. */
const leaseMs = 30_000;
/** A node that is down is asked again this soon at the latest. */
const backoffMaxMs = 15_000;

export interface DepositWatcherDeps extends ScanDeps {
  ids: Ids;
  /** Pause between two looks. Each costs one call per address while nothing happens. */
  intervalMs: number;
}

/** Follows the treasury's history on chain and books deposits. One watcher of many at a time. */
export function startDepositWatcher(deps: DepositWatcherDeps): Loop {
  const { store, clock, log, intervalMs } = deps;
  const owner = deps.ids.secret(12);
  let renewAtMs = 0;
  const loop = startLoop({
    name: leaseName,
    intervalMs,
    backoffMaxMs,
    log,
    async run() {
      const nowMs = clock.nowMs();
      if (nowMs >= renewAtMs) {
        const lease = { name: leaseName, owner, untilMs: nowMs + leaseMs };
        // Two at once would only read everything twice: what is booked is booked once anyway.
        if (!(await store.holdWorkerLease(lease, nowMs))) return;
        renewAtMs = nowMs + leaseMs / 2;
      }
      await scanDeposits(deps);
    },
  });
  return {
    wake: () => loop.wake(),
    async stop() {
      await loop.stop();
      try {
        await store.releaseWorkerLease(leaseName, owner);
      } catch (error) {
        log.info({ err: error }, 'lease not released; it runs out');
      }
    },
  };
}
