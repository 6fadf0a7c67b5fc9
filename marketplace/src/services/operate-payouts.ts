import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { EventName, NewEvent } from '@node3/shared/events';
import { toMoney } from '@node3/shared/money';
import type { AdminPayout } from '@node3/shared/routes/admin';
import type { PayoutEngineState, PayoutEngineStatus } from '@node3/shared/routes/payouts';
import { toTimestamp } from '@node3/shared/schema';
import { payoutEvent } from '../payments/payout-postings.ts';
import type { PayoutSwitch } from '../payments/payout-switch.ts';
import type { PayoutRow } from '../store/payout-store.ts';
import type { Store } from '../store/store.ts';
import { viewAdminPayout } from './job-views.ts';

/** The payout engine as its operator sees it. */
export interface PayoutOperation {
  /** Something has just become due. */
  wake(): void;
  /** A gate was opened or closed: the status says so at once. */
  recheck(): Promise<void>;
  /** After a halt: takes the treasury's history as it is. */
  acceptHistory(): Promise<void>;
  /** Books payouts as paid by a transaction that the database does not know. */
  settle(payoutIds: readonly string[], signature: string): Promise<PayoutRow[]>;
  status(): {
    state: PayoutEngineState;
    detail: string;
    warning: string | null;
    openBatches: number;
    lastStepAtMs: number | null;
  };
}

interface Deps {
  store: Store;
  clock: Clock;
  payouts: PayoutOperation;
  payoutSwitch: PayoutSwitch;
  explorerUrl: (signature: string) => string | null;
}

export async function readPayoutEngine({
  store,
  payouts,
  payoutSwitch,
}: Deps): Promise<PayoutEngineStatus> {
  const [counts, sums] = await Promise.all([store.countPayouts(), store.payoutTotals()]);
  const { lastStepAtMs, ...status } = payouts.status();
  // True from the moment it was pulled; the engine says so after its next step.
  const stopped = payoutSwitch.sentence();
  return {
    ...status,
    ...(stopped === null ? {} : { state: 'halted' as const, detail: stopped }),
    stopped: payoutSwitch.reason(),
    lastStepAt: lastStepAtMs === null ? null : toTimestamp(lastStepAtMs),
    payouts: counts,
    pending: {
      SOL: toMoney(sums.SOL.pending, 'SOL'),
      USDC: toMoney(sums.USDC.pending, 'USDC'),
    },
  };
}

/** Rejects with PAYOUT_NOT_FOUND, and with PAYOUT_STATE_INVALID for one that is not held. */
export async function retryPayout(deps: Deps, payoutId: string): Promise<AdminPayout> {
  const { store, clock, payouts, explorerUrl } = deps;
  const payout = await store.payout(payoutId);
  if (payout === null) throw new MarketError('PAYOUT_NOT_FOUND', { payoutId });
  const due = payoutEvent('payout.due', payout, clock.nowMs(), { signature: null });
  const released = await store.releasePayout(payoutId, [{ ...due, actor: 'operator' }]);
  if (!released) {
    const detail = `The payout is ${payout.state}; only a held one can be put back.`;
    throw new MarketError('PAYOUT_STATE_INVALID', { detail, payoutId, state: payout.state });
  }
  payouts.wake();
  const now = await store.payout(payoutId);
  return viewAdminPayout(now ?? payout, explorerUrl);
}

/** See payments/payout-settlement.ts. The gates are asked again: the books may be right now. */
export async function settlePayouts(
  { payouts, explorerUrl }: Deps,
  payoutIds: readonly string[],
  signature: string,
): Promise<AdminPayout[]> {
  const settled = await payouts.settle(payoutIds, signature);
  await payouts.recheck();
  return settled.map((payout) => viewAdminPayout(payout, explorerUrl));
}

/** The decision is stored before it takes effect. */
export async function acceptHistory(deps: Deps, reason: string): Promise<PayoutEngineStatus> {
  const { payouts } = deps;
  await record(deps, 'payout.history-accepted', { reason, halted: payouts.status().detail });
  await payouts.acceptHistory();
  return readPayoutEngine(deps);
}

/** First the stop, then its record: it must hold even when the database is the trouble. */
export async function stopPayouts(deps: Deps, reason: string): Promise<PayoutEngineStatus> {
  deps.payoutSwitch.stop(reason);
  await deps.payouts.recheck();
  await record(deps, 'payout.stopped', { reason });
  return readPayoutEngine(deps);
}

/** The decision is stored before it takes effect. */
export async function startPayouts(deps: Deps, reason: string): Promise<PayoutEngineStatus> {
  const { payoutSwitch, payouts } = deps;
  await record(deps, 'payout.started', { reason, stopped: payoutSwitch.reason() });
  payoutSwitch.start();
  await payouts.recheck();
  return readPayoutEngine(deps);
}

async function record(
  { store, clock }: Deps,
  name: EventName,
  data: NewEvent['data'],
): Promise<void> {
  const atMs = clock.nowMs();
  const event: NewEvent = {
    name,
    atMs,
    actor: 'operator',
    accountId: null,
    jobId: null,
    executionId: null,
    reason: null,
    data,
  };
  await store.postTransfers([], [event], atMs);
}
