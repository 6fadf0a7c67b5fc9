import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import { zero } from '@node3/shared/money';
import { depositMinimum } from '@node3/shared/money-minimums';
import type { DepositSource, SeenTransaction } from '../payments/deposit-source.ts';
import type { DepositRow, DepositStore } from '../store/deposit-store.ts';
import { type AttributionDeps, attributeDeposit, isBookedElsewhere } from './attribute-deposit.ts';

export interface ObserveDepositDeps extends AttributionDeps {
  store: DepositStore;
  clock: Clock;
  deposits: DepositSource;
}

/**
 * Looks at one transaction and books what it brought. The watcher and everybody who names a
 * signature come through here, in any order and as often as they like: it is booked once.
 * Rejects with DEPOSIT_NOT_FOUND while it is not final, and with CHAIN_UNAVAILABLE.
 */
export async function observeDeposit(
  deps: ObserveDepositDeps,
  signature: string,
): Promise<DepositRow[]> {
  const stored = await deps.store.depositsOfSignature(signature);
  if (stored.length > 0) return stored;
  const purpose = (await deps.store.signaturePurposes([signature])).get(signature);
  if (isBookedElsewhere(purpose)) return [];
  const seen = await deps.deposits.read(signature);
  if (seen === null) throw new MarketError('DEPOSIT_NOT_FOUND', { signature });
  return bookDeposit(deps, seen);
}

const noMinimum = { SOL: zero, USDC: zero };

/** Books what a final transaction brought; nothing for one that failed or brought nothing. */
export async function bookDeposit(
  deps: ObserveDepositDeps,
  seen: SeenTransaction,
): Promise<DepositRow[]> {
  const { signature, received } = seen;
  if (seen.failed || received.length === 0 || (await happenedBefore(deps, seen.slot))) return [];
  const target = await attributeDeposit(deps, seen);
  // Only strangers send dust.
  const ours = target.to !== 'suspense' && target.route === 'faucet';
  const minimum = ours ? noMinimum : depositMinimum;
  const nowMs = deps.clock.nowMs();
  return deps.store.recordDeposit({ signature, received, target, minimum, nowMs });
}

/** An older database, which this one does not know, may have credited and spent it. */
async function happenedBefore(
  { store, deposits }: ObserveDepositDeps,
  slot: number,
): Promise<boolean> {
  for (const address of deposits.addresses) {
    const cursor = await store.depositCursor(address);
    if (cursor !== null && cursor.startSlot !== null && slot <= cursor.startSlot) return true;
  }
  return false;
}
