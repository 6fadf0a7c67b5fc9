import type { AttemptRow, BatchRow } from '../store/payout-store.ts';
import type { Observation } from './payment-rail.ts';

/** The next thing to do with a batch; at most one per step, so that each is durable by itself. */
export type BatchAction =
  | { action: 'sign' }
  | { action: 'send'; attempt: AttemptRow }
  | { action: 're-sign' }
  | { action: 'confirm'; attempt: AttemptRow }
  | { action: 'begin-void' }
  | { action: 'sign-void' }
  | { action: 'post' }
  | { action: 'end-void' }
  | { action: 'wait' };

export interface DecisionInput {
  batch: BatchRow;
  observation: Observation;
  /** On the monotonic clock, like the time of sending. */
  atMs: number;
  resendMs: number;
  /** When this process last sent the attempt; null when it never did. */
  sentAtMs: (signature: string) => number | null;
}

/**
 * Only the receipt decides whether people were paid. Everything else the network says is used to
 * choose between waiting, sending again and signing again, none of which can pay twice.
 */
export function decideBatch(input: DecisionInput): BatchAction {
  const { batch, observation } = input;
  const receipt = observation.receipts.get(batch.receiptAddress) ?? 'open';
  if (batch.state === 'new') return { action: 'sign' };
  const newest = newestOf(batch, batch.state === 'voiding' ? 'void' : 'pay');
  if (batch.state === 'signed' && newest !== undefined) return { action: 'send', attempt: newest };
  if (receipt === 'paid') return { action: 'post' };
  if (receipt === 'void') return { action: 'end-void' };
  if (batch.state === 'voiding') {
    return newest === undefined ? { action: 'sign-void' } : pursue(input, newest, 'sign-void');
  }
  if (newest === undefined) return { action: 'wait' };
  const payments = batch.attempts.filter((attempt) => attempt.kind === 'pay');
  const failed = payments.some((attempt) => {
    const progress = observation.progress.get(attempt.signature);
    return progress?.commitment === 'finalized' && progress.failed;
  });
  if (failed) return { action: 'begin-void' };
  const confirmed = payments.find((attempt) => {
    const progress = observation.progress.get(attempt.signature);
    return progress !== undefined && progress.commitment !== 'processed' && !progress.failed;
  });
  if (confirmed !== undefined && batch.payouts.some((payout) => payout.state === 'submitted')) {
    return { action: 'confirm', attempt: confirmed };
  }
  return pursue(input, newest, 're-sign');
}

/** Waits for, repeats or replaces the newest attempt. */
function pursue(
  { observation, atMs, resendMs, sentAtMs }: DecisionInput,
  newest: AttemptRow,
  replace: 're-sign' | 'sign-void',
): BatchAction {
  const progress = observation.progress.get(newest.signature);
  // A failed tombstone never helps; the receipt tells why it failed, or another one is signed.
  if (progress?.commitment === 'finalized' && progress.failed) return { action: replace };
  if (progress !== undefined) return { action: 'wait' };
  if (observation.blockHeight > newest.lastValidBlockHeight) return { action: replace };
  const sentAt = sentAtMs(newest.signature);
  if (sentAt !== null && atMs - sentAt < resendMs) return { action: 'wait' };
  return { action: 'send', attempt: newest };
}

export function newestOf(batch: BatchRow, kind: AttemptRow['kind']): AttemptRow | undefined {
  const attempts = batch.attempts.filter((attempt) => attempt.kind === kind);
  return attempts.reduce<AttemptRow | undefined>(
    (newest, attempt) =>
      newest === undefined || attempt.attempt > newest.attempt ? attempt : newest,
    undefined,
  );
}
