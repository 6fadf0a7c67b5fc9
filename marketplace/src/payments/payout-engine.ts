import { type Loop, startLoop } from '@node3/shared/loop';
import type { PayoutRow } from '../store/payout-store.ts';
import type { PayoutEngineDeps, StepReport } from './payout-context.ts';
import { type PayoutStatus, PayoutWorker } from './payout-worker.ts';

export interface PayoutEngine {
  /**
   * Does what can be done now and returns. Re-entrant: whatever happened before, it starts from the
   * store and the chain. Rejects when one of them doesn't answer; calling it again goes on.
   */
  step(nowMs: number): Promise<StepReport>;
  /** Starts the background loop. */
  start(): void;
  /** Makes the loop step at once; for when a payout became due. */
  wake(): void;
  /** Ends after the step in progress. Batches on their way stay on their way. */
  stop(): Promise<void>;
  status(): PayoutStatus;
  /** Asks the gates again, at once, and goes on when they are open. */
  recheck(): Promise<void>;
  /** After a halt: takes the treasury's history as it is, by decision of the operator. */
  acceptHistory(): Promise<void>;
  /** Books payouts as paid by a transaction that this database lost; see payout-settlement.ts. */
  settle(payoutIds: readonly string[], signature: string): Promise<PayoutRow[]>;
}

/** One payout worker and its loop. Others may run beside it; one at a time holds the lease. */
export function createPayoutEngine(deps: PayoutEngineDeps): PayoutEngine {
  const { clock, log, settings } = deps;
  const worker = new PayoutWorker(deps);
  let loop: Loop | null = null;
  return {
    step: (nowMs) => worker.step(nowMs),
    start() {
      loop ??= startLoop({
        name: 'payout-worker',
        get intervalMs() {
          return worker.busy ? settings.busyIntervalMs : settings.idleIntervalMs;
        },
        backoffMaxMs: settings.idleIntervalMs,
        log,
        run: async () => {
          await worker.step(clock.nowMs());
        },
      });
    },
    wake: () => loop?.wake(),
    async stop() {
      await loop?.stop();
      loop = null;
      await worker.release();
    },
    status: () => worker.status(loop === null ? 'stopped' : 'running'),
    async recheck() {
      await worker.recheck();
      loop?.wake();
    },
    async acceptHistory() {
      await worker.acceptHistory();
      loop?.wake();
    },
    async settle(payoutIds, signature) {
      const payouts = await worker.settle(payoutIds, signature);
      loop?.wake();
      return payouts;
    },
  };
}
