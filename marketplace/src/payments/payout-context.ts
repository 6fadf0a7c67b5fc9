import type { Clock } from '@node3/shared/clock';
import type { Ids } from '@node3/shared/ids';
import type { Logger } from '@node3/shared/logger';
import type { PayoutStore } from '../store/payout-store.ts';
import type { LedgerStore } from '../store/store.ts';
import type { PaymentRail } from './payment-rail.ts';
import type { PayoutGate } from './payout-gate.ts';

export interface PayoutSettings {
  /** Pause between steps while something is on its way. */
  busyIntervalMs: number;
  /** Pause between steps while nothing is; a wake ends it. */
  idleIntervalMs: number;
  /** The same bytes are sent again this often until they are seen. */
  resendMs: number;
  /** How long one worker keeps others away without renewing. */
  leaseMs: number;
  /** How often the treasury's history is compared with the database. */
  reconcileMs: number;
  /** How often rent is looked for that can come back. */
  reclaimMs: number;
  /** A receipt stays this long: an older backup than that is refused its payments by the chain. */
  receiptKeptMs: number;
  /** Batches on their way at once. */
  openBatchesMax: number;
  /** After a failure that is ours, the asset rests this long before fees are risked again. */
  restAfterFailureMs: number;
  /** The operator is warned when the capital covers fewer batches than this. */
  warnBelowBatches: bigint;
  /** How long payouts that are too small wait before they are looked at again by themselves. */
  parkMs: number;
}

export const payoutSettingsDefault: PayoutSettings = {
  busyIntervalMs: 100,
  idleIntervalMs: 5_000,
  resendMs: 2_000,
  leaseMs: 30_000,
  reconcileMs: 60_000,
  reclaimMs: 60_000,
  receiptKeptMs: 7 * 86_400_000,
  openBatchesMax: 8,
  restAfterFailureMs: 30_000,
  warnBelowBatches: 50n,
  parkMs: 60_000,
};

/** Places where a crash must not matter: before and after everything durable. */
export type FaultPoint =
  | 'before-open-batch'
  | 'after-open-batch'
  | 'after-sign'
  | 'after-persist'
  | 'after-send'
  | 'after-mark-sent'
  | 'after-observe'
  | 'before-re-sign'
  | 'before-post'
  | 'after-post'
  | 'before-voiding'
  | 'after-voiding'
  | 'before-void'
  | 'after-void'
  | 'after-reclaim-persist'
  | 'after-reclaim-send'
  | 'after-reclaim'
  | 'before-settle'
  | 'after-settle';

export interface PayoutEngineDeps {
  store: PayoutStore & Pick<LedgerStore, 'ledgerBalance'>;
  rail: PaymentRail;
  clock: Clock;
  ids: Ids;
  log: Logger;
  settings: PayoutSettings;
  /** Each can forbid signing and sending. What is on its way is still followed and booked. */
  gates: readonly PayoutGate[];
  /** Called at every commit boundary. Does nothing in production; tests throw in it. */
  fp?: (point: FaultPoint) => void;
}

/** What one engine carries from step to step. Losing it loses nothing: the store is the truth. */
export interface PayoutContext extends Omit<PayoutEngineDeps, 'fp'> {
  fp(point: FaultPoint): void;
  /** When each attempt was last sent by this process, on the monotonic clock. */
  sentAtMs: Map<string, number>;
  /** Until when, on the monotonic clock, no new batch of an asset is opened, after a failure that is ours. */
  restUntilMs: Map<string, number>;
  /** Why payouts wait, in words for the operator; null while they don't. */
  waiting: string | null;
  /** What will make payouts wait soon, in words for the operator; null while nothing will. */
  warning: string | null;
}

/** What a step did. */
export interface StepReport {
  opened: number;
  sent: number;
  finalized: number;
  voided: number;
  held: number;
  reclaimed: number;
  /** Batches still on their way. */
  open: number;
  waiting: string | null;
  /** Set when payouts are halted: why nothing was signed. */
  halted: string | null;
}

export function emptyReport(): StepReport {
  return {
    opened: 0,
    sent: 0,
    finalized: 0,
    voided: 0,
    held: 0,
    reclaimed: 0,
    open: 0,
    waiting: null,
    halted: null,
  };
}
