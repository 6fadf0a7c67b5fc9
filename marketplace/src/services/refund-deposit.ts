import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { Ids } from '@node3/shared/ids';
import { suspenseRefunding } from '../domain/ledger-accounts.ts';
import { refundTransfer, withdrawalEvent } from '../domain/withdrawal-postings.ts';
import type { DepositRow } from '../store/deposit-store.ts';
import type { NewPayout } from '../store/rows.ts';
import type { Store } from '../store/store.ts';

interface Deps {
  store: Store;
  clock: Clock;
  ids: Ids;
  wakePayouts(): void;
}

/**
 * Sends a deposit in suspense back to the one wallet it came from: the owner of what was spent, never
 * whoever paid the network's fee. Rejects with DEPOSIT_NOT_FOUND or DEPOSIT_STATE_INVALID.
 */
export async function refundDeposit(deps: Deps, signature: string): Promise<DepositRow[]> {
  const { store, clock, ids } = deps;
  const rows = await store.depositsOfSignature(signature);
  if (rows.length === 0) throw new MarketError('DEPOSIT_NOT_FOUND', { signature });
  const suspended = rows.filter((row) => row.state === 'suspense');
  if (suspended.length === 0) throw new MarketError('DEPOSIT_STATE_INVALID', { signature });
  const nowMs = clock.nowMs();
  const refunds = suspended.map(({ asset, amount, sourceOwner }) => {
    const payout: NewPayout = {
      payoutId: ids.next('payout'),
      kind: 'refund',
      ledgerAccount: suspenseRefunding,
      jobId: null,
      executionId: null,
      agentId: null,
      wallet: assertOwner(signature, sourceOwner),
      asset,
      amount,
      dueAtMs: nowMs,
    };
    const by = { actor: 'operator' as const, accountId: null, atMs: nowMs };
    const event = withdrawalEvent('deposit.refunding', payout, by);
    return { payout, transfer: refundTransfer(payout), event };
  });
  await store.startRefunds(signature, refunds, nowMs);
  deps.wakePayouts();
  return store.depositsOfSignature(signature);
}

function assertOwner(signature: string, owner: string | null): string {
  if (owner !== null) return owner;
  const detail =
    'It came from several wallets, or from none that is certain, so that nobody can be paid back. ' +
    'Assign it to the account whose owner can tell it is theirs.';
  throw new MarketError('DEPOSIT_STATE_INVALID', { signature, detail });
}
