import { type Loop, startLoop } from '@node3/shared/loop';
import { actOnBatch } from './payout-batch.ts';
import {
  emptyReport,
  type PayoutContext,
  type PayoutEngineDeps,
  type StepReport,
} from './payout-context.ts';
import { decideBatch } from './payout-decision.ts';
import { openNewBatches } from './payout-opening.ts';
import { tidyEndedBatches } from './payout-reclaim.ts';
import { acceptTreasuryHistory, reconcileTreasury } from './payout-reconciliation.ts';

export interface PayoutStatus {
  /**
   * `standby`: another worker holds the lease. `waiting`: payouts are due but can't go now.
   * `failing`: the last step threw; it is tried again.
   */
  state: 'stopped' | 'standby' | 'idle' | 'working' | 'waiting' | 'failing' | 'halted';
  /** One sentence for the operator. */
  detail: string;
  openBatches: number;
  lastStepAtMs: number | null;
}

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
  /** After a halt: takes the treasury's history as it is, by decision of the operator. */
  acceptHistory(): Promise<void>;
}

/** One payout worker. Others may run beside it; one at a time holds the lease. */
export function createPayoutEngine(deps: PayoutEngineDeps): PayoutEngine {
  const { store, clock, log, settings } = deps;
  const context: PayoutContext = {
    ...deps,
    fp: deps.fp ?? (() => undefined),
    sentAtMs: new Map(),
    restUntilMs: new Map(),
    waiting: null,
  };
  const owner = deps.ids.secret(12);
  const turns = { reconcileAtMs: 0, tidyAtMs: 0 };
  let halted: string | null = null;
  let failure: string | null = null;
  let role: 'worker' | 'standby' = 'standby';
  let openBatches = 0;
  let lastStepAtMs: number | null = null;
  let loop: Loop | null = null;
  let stepping: Promise<StepReport> = Promise.resolve(emptyReport());

  async function stepOnce(nowMs: number): Promise<StepReport> {
    const report = emptyReport();
    const held = await store.holdPayoutLease(owner, nowMs + settings.leaseMs, nowMs);
    role = held ? 'worker' : 'standby';
    if (!held) {
      // Whoever held it in between may have signed: look again before taking over.
      turns.reconcileAtMs = 0;
      return report;
    }
    if (nowMs >= turns.reconcileAtMs) {
      halted = await reconcileTreasury(context);
      if (halted !== null) log.error({ halted }, 'payouts halted');
      turns.reconcileAtMs = nowMs + settings.reconcileMs;
    }
    if (halted !== null) return { ...report, halted };
    context.waiting = null;
    await driveOpenBatches(context, report);
    if (nowMs >= turns.tidyAtMs) {
      await tidyEndedBatches(context, report);
      turns.tidyAtMs = nowMs + settings.reclaimMs;
    }
    const open = await store.openBatches();
    await openNewBatches(context, open, report);
    openBatches = open.length + report.opened;
    forgetSends(context, nowMs);
    return { ...report, open: openBatches, waiting: context.waiting };
  }

  async function step(nowMs: number): Promise<StepReport> {
    // A step that is under way ends first: two at once would only get in each other's way.
    stepping = stepping.then(
      () => stepOnce(nowMs),
      () => stepOnce(nowMs),
    );
    try {
      const report = await stepping;
      failure = null;
      return report;
    } catch (error) {
      failure = error instanceof Error ? error.message : 'unknown error';
      throw error;
    } finally {
      lastStepAtMs = nowMs;
    }
  }

  return {
    step,
    start() {
      loop ??= startLoop({
        name: 'payout-worker',
        get intervalMs() {
          return openBatches > 0 && halted === null
            ? settings.busyIntervalMs
            : settings.idleIntervalMs;
        },
        backoffMaxMs: settings.idleIntervalMs,
        log,
        run: async () => {
          await step(clock.nowMs());
        },
      });
    },
    wake: () => loop?.wake(),
    async stop() {
      await loop?.stop();
      loop = null;
      await store.releasePayoutLease(owner);
    },
    status() {
      const base = { openBatches, lastStepAtMs };
      if (halted !== null) return { ...base, state: 'halted', detail: halted };
      if (loop === null) return { ...base, state: 'stopped', detail: 'Payouts are not running.' };
      if (failure !== null) return { ...base, state: 'failing', detail: failure };
      if (role === 'standby') {
        return { ...base, state: 'standby', detail: 'Another worker makes the payouts.' };
      }
      if (context.waiting !== null) return { ...base, state: 'waiting', detail: context.waiting };
      if (openBatches > 0) {
        return { ...base, state: 'working', detail: `${openBatches} batches are on their way.` };
      }
      return { ...base, state: 'idle', detail: 'Nothing is due.' };
    },
    async acceptHistory() {
      await acceptTreasuryHistory(context);
      turns.reconcileAtMs = 0;
      halted = null;
      loop?.wake();
    },
  };
}

async function driveOpenBatches(context: PayoutContext, report: StepReport): Promise<void> {
  const { store, rail, clock, settings, sentAtMs } = context;
  const batches = await store.openBatches();
  if (batches.length === 0) return;
  const observation = await rail.observe({
    receiptAddresses: batches.map((batch) => batch.receiptAddress),
    signatures: batches.flatMap((batch) => batch.attempts.map((attempt) => attempt.signature)),
  });
  context.fp('after-observe');
  for (const batch of batches) {
    const action = decideBatch({
      batch,
      observation,
      nowMs: clock.nowMs(),
      resendMs: settings.resendMs,
      sentAtMs: (signature) => sentAtMs.get(signature) ?? null,
    });
    await actOnBatch(context, batch, action, report);
  }
}

/** Attempts that were sent long ago are not sent again from memory: the store has them. */
function forgetSends({ sentAtMs, settings }: PayoutContext, nowMs: number): void {
  for (const [signature, atMs] of sentAtMs) {
    if (nowMs - atMs > settings.resendMs * 2) sentAtMs.delete(signature);
  }
}
