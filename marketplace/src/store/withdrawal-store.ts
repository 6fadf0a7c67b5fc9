import type { NewEvent } from '@node3/shared/events';
import type { Idempotency } from './job-store.ts';
import type { PayoutRow } from './payout-store.ts';
import type { NewPayout, Transfer } from './rows.ts';

/** Money that leaves on request. The payouts themselves are the payout engine's. */
export interface WithdrawalStore {
  /**
   * Takes the money and makes the payout due, in one transaction. The same key and request again: the
   * first payout. Rejects with FUNDS_INSUFFICIENT, with RATE_LIMITED beyond `perDayMax`, and with
   * IDEMPOTENCY_MISMATCH for another request under the same key.
   */
  requestWithdrawal(request: WithdrawalRequest): Promise<{ payout: PayoutRow; replayed: boolean }>;
  /** Withdrawals of an account, newest first. */
  listWithdrawals(query: WithdrawalQuery): Promise<PayoutRow[]>;
  /**
   * Sends deposits in suspense back to where they came from. Rejects with DEPOSIT_STATE_INVALID when
   * one of them is not in suspense any more.
   */
  startRefunds(signature: string, refunds: Refund[], nowMs: number): Promise<void>;
}

export interface WithdrawalRequest {
  accountId: string;
  payout: NewPayout;
  transfer: Transfer;
  event: NewEvent;
  idempotency: Idempotency | null;
  perDayMax: number;
  nowMs: number;
}

export interface WithdrawalQuery {
  accountId: string;
  beforePayoutId: string | null;
  limit: number;
}

export interface Refund {
  payout: NewPayout;
  transfer: Transfer;
  event: NewEvent;
}
