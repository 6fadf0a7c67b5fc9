import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PayoutEngineState } from '@node3/shared/routes/payouts';
import type { PayoutRow } from '../store/payout-store.ts';
import { capWindowMs } from './keys/payout-caps.ts';
import { actOnBatch } from './payout-batch.ts';
import {
  emptyReport,
  type PayoutContext,
  type PayoutEngineDeps,
  type StepReport,
} from './payout-context.ts';
import { type BatchAction, decideBatch } from './payout-decision.ts';
import { closedGate } from './payout-gate.ts';
import { openNewBatches } from './payout-opening.ts';
import { tidyEndedBatches } from './payout-reclaim.ts';
import {
  acceptTreasuryHistory,
  moreToCheckMessage,
  reconcileTreasury,
} from './payout-reconciliation.ts';
import { settlePayouts } from './payout-settlement.ts';

export interface PayoutStatus {
  /**
   * `standby`: another worker holds the lease. `waiting`: payouts are due but can't go now.
   * `failing`: the last step threw; it is tried again.
   */
  state: PayoutEngineState;
  /** One sentence for the operator. */
  detail: string;
  /** What will stop payouts soon unless the operator acts; null when nothing is in sight. */
  warning: string | null;
  openBatches: number;
  lastStepAtMs: number | null;
}

/** Each takes most of a millisecond to verify, and others want the event loop meanwhile. */
const recalledPerTurn = 20;
/** Read twice each time, since another worker's clock may differ by that much. */
const recallOverlapMs = 600_000;

/** The steps of the payout engine, one at a time. What it remembers may be lost at any moment. */
export class PayoutWorker {
  readonly #context: PayoutContext;
  readonly #owner: string;
  #reconcileAtMs = 0;
  #tidyAtMs = 0;
  #halted: string | null = null;
  /** Why a gate is closed. */
  #closed: string | null = null;
  #failure: string | null = null;
  #role: 'worker' | 'standby' = 'standby';
  /** Up to when the key was told what was signed with it, by whichever worker. */
  #recalledToMs = 0;
  #openBatches = 0;
  #lastStepAtMs: number | null = null;
  #stepping: Promise<StepReport> = Promise.resolve(emptyReport());

  constructor(deps: PayoutEngineDeps) {
    this.#owner = deps.ids.secret(12);
    this.#context = {
      ...deps,
      fp: deps.fp ?? (() => undefined),
      sentAtMs: new Map(),
      restUntilMs: new Map(),
      waiting: null,
      warning: null,
    };
  }

  /** Whether something is on its way that wants to be looked at soon. */
  get busy(): boolean {
    return this.#openBatches > 0 && this.#halted === null;
  }

  async step(nowMs: number): Promise<StepReport> {
    // A step that is under way ends first: two at once would only get in each other's way.
    const run = () => this.#stepOnce(nowMs);
    this.#stepping = this.#stepping.then(run, run);
    try {
      const report = await this.#stepping;
      this.#failure = null;
      return report;
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : 'unknown error';
      throw error;
    } finally {
      this.#lastStepAtMs = nowMs;
    }
  }

  status(loop: 'running' | 'stopped'): PayoutStatus {
    const { warning } = this.#context;
    const base = { warning, openBatches: this.#openBatches, lastStepAtMs: this.#lastStepAtMs };
    const halted = this.#halted ?? this.#closed;
    if (halted !== null) return { ...base, state: 'halted', detail: halted };
    if (loop === 'stopped')
      return { ...base, state: 'stopped', detail: 'Payouts are not running.' };
    if (this.#failure !== null) return { ...base, state: 'failing', detail: this.#failure };
    if (this.#role === 'standby') {
      return { ...base, state: 'standby', detail: 'Another worker makes the payouts.' };
    }
    const { waiting } = this.#context;
    if (waiting !== null) return { ...base, state: 'waiting', detail: waiting };
    if (this.#openBatches > 0) {
      return {
        ...base,
        state: 'working',
        detail: `Payout batches on their way: ${this.#openBatches}.`,
      };
    }
    return { ...base, state: 'idle', detail: 'Nothing is due.' };
  }

  async recheck(): Promise<void> {
    this.#closed = await closedGate(this.#context.gates);
  }

  async acceptHistory(): Promise<void> {
    await acceptTreasuryHistory(this.#context);
    this.#reconcileAtMs = 0;
    this.#halted = null;
  }

  async settle(payoutIds: readonly string[], signature: string): Promise<PayoutRow[]> {
    const payouts = await settlePayouts(this.#context, payoutIds, signature);
    // The transaction is known now: a halt because of it may be over.
    this.#reconcileAtMs = 0;
    return payouts;
  }

  async release(): Promise<void> {
    await this.#context.store.releasePayoutLease(this.#owner);
  }

  async #stepOnce(nowMs: number): Promise<StepReport> {
    const context = this.#context;
    const { store, settings } = context;
    const report = emptyReport();
    const held = await store.holdPayoutLease(this.#owner, nowMs + settings.leaseMs, nowMs);
    this.#role = held ? 'worker' : 'standby';
    if (!held) {
      // Whoever held it in between may have signed: look again before taking over.
      this.#reconcileAtMs = 0;
      return report;
    }
    await this.#reconcileWhenDue(nowMs);
    if (this.#halted !== null) return { ...report, halted: this.#halted };
    context.waiting = null;
    this.#closed = await closedGate(context.gates);
    await driveOpenBatches(context, report, this.#closed === null ? 'all' : 'look-only');
    if (this.#closed === null) await this.#payWhatIsDue(nowMs, report);
    else this.#openBatches = (await store.openBatches()).length;
    forgetSends(context);
    const { waiting } = context;
    return { ...report, open: this.#openBatches, waiting, halted: this.#closed };
  }

  async #payWhatIsDue(nowMs: number, report: StepReport): Promise<void> {
    const context = this.#context;
    // Pauses are measured without the wall clock, which somebody may set back by an hour.
    const atMs = context.clock.monotonicMs();
    const tidies = atMs >= this.#tidyAtMs;
    if (tidies) await context.store.unparkPayouts(nowMs);
    const open = await context.store.openBatches();
    this.#openBatches = open.length;
    await openNewBatches(context, open, report);
    this.#openBatches = open.length + report.opened;
    if (!tidies) return;
    // Last, so that nobody waits for their money while tidying up fails.
    await tidyEndedBatches(context, report);
    this.#tidyAtMs = atMs + context.settings.reclaimMs;
  }

  async #recallSigned(nowMs: number): Promise<void> {
    const { store, rail } = this.#context;
    const sinceMs = Math.max(nowMs - capWindowMs, this.#recalledToMs - recallOverlapMs);
    const signed = await store.signedSince(sinceMs);
    for (let start = 0; start < signed.length; start += recalledPerTurn) {
      rail.recallSigned(signed.slice(start, start + recalledPerTurn));
      await nextTurn();
    }
    this.#recalledToMs = nowMs;
  }

  async #reconcileWhenDue(nowMs: number): Promise<void> {
    const { clock, log, settings } = this.#context;
    const atMs = clock.monotonicMs();
    if (atMs < this.#reconcileAtMs) return;
    await this.#recallSigned(nowMs);
    this.#halted = await reconcileTreasury(this.#context);
    const isOver = this.#halted !== moreToCheckMessage;
    if (this.#halted !== null && isOver) log.error({ halted: this.#halted }, 'payouts halted');
    this.#reconcileAtMs = isOver ? atMs + settings.reconcileMs : 0;
  }
}

async function driveOpenBatches(
  context: PayoutContext,
  report: StepReport,
  allowed: 'all' | 'look-only',
): Promise<void> {
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
      atMs: clock.monotonicMs(),
      resendMs: settings.resendMs,
      sentAtMs: (signature) => sentAtMs.get(signature) ?? null,
    });
    if (allowed === 'look-only' && signsOrSends(action)) continue;
    await actOnBatch(context, batch, action, report);
  }
}

function signsOrSends({ action }: BatchAction): boolean {
  return !['wait', 'confirm', 'post', 'end-void'].includes(action);
}

/** Attempts that were sent long ago are not sent again from memory: the store has them. */
function forgetSends({ clock, sentAtMs, settings }: PayoutContext): void {
  for (const [signature, sentAt] of sentAtMs) {
    if (clock.monotonicMs() - sentAt > settings.resendMs * 2) sentAtMs.delete(signature);
  }
}
