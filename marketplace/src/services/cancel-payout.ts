import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { Actor } from '@node3/shared/events';
import { cancellationTransfer, withdrawalEvent } from '../domain/withdrawal-postings.ts';
import type { PayoutRow } from '../store/payout-store.ts';
import type { Store } from '../store/store.ts';

interface Deps {
  store: Store;
  clock: Clock;
}

/**
 * Takes a withdrawal or a refund back before it is signed: the money returns to where it was. What
 * is in a batch may be on chain already and takes its course.
 * Rejects with PAYOUT_NOT_FOUND or PAYOUT_STATE_INVALID.
 */
export async function cancelPayout(
  deps: Deps,
  payoutId: string,
  actor: Extract<Actor, 'requester' | 'operator'>,
): Promise<PayoutRow> {
  const { store, clock } = deps;
  const payout = await store.payout(payoutId);
  if (payout === null) throw new MarketError('PAYOUT_NOT_FOUND', { payoutId });
  if (payout.kind === 'earning') {
    const detail = 'This is what an agent has earned: it is owed, and can not be taken back.';
    throw new MarketError('PAYOUT_STATE_INVALID', { detail, payoutId });
  }
  const { accountId } = payout;
  const nowMs = clock.nowMs();
  const cancelled = await store.cancelPayout({
    payoutId,
    transfers: [cancellationTransfer(payout, accountId)],
    events: [withdrawalEvent('payout.cancelled', payout, { actor, accountId, atMs: nowMs })],
    nowMs,
  });
  if (cancelled !== null) return cancelled;
  const { state = payout.state } = (await store.payout(payoutId)) ?? {};
  const detail = `It is ${state}; only what is due or held can be cancelled.`;
  throw new MarketError('PAYOUT_STATE_INVALID', { detail, payoutId, state });
}
