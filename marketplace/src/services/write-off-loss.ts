import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import { formatAmount, fromMoney, type Money, toMoney } from '@node3/shared/money';
import type { WrittenOff } from '@node3/shared/routes/ledger';
import { chainTreasury, operatorCapital } from '../domain/ledger-accounts.ts';
import { isShort, type Reserve } from '../payments/reserves.ts';
import type { Store } from '../store/store.ts';
import type { LedgerProofs } from './prove-ledger.ts';

interface Deps {
  store: Store;
  clock: Clock;
  ledger: LedgerProofs;
}

/**
 * Books that money is gone from the treasury, at the cost of the operator's capital: without it a
 * loss would stop payouts for ever, since whatever is sent in is booked as a deposit. Rejects with
 * AMOUNT_INVALID for more than the chain shows to be missing, with FUNDS_INSUFFICIENT for more than
 * the capital, with CHAIN_UNAVAILABLE when the chain does not answer.
 */
export async function writeOffLoss(deps: Deps, money: Money, reason: string): Promise<WrittenOff> {
  const { store, clock, ledger } = deps;
  const { asset } = money;
  const amount = fromMoney(money);
  // Counted before the chain is asked: the same loss, asked for twice at once, is one transfer.
  const { transfers } = await store.ledgerTotals();
  const missing = missingOf((await ledger.reserves())[asset]);
  if (amount === 0n || amount > missing) {
    const detail = `By the chain, ${formatAmount(missing, asset)} ${asset} are missing; no more can be written off.`;
    throw new MarketError('AMOUNT_INVALID', { detail, missing: formatAmount(missing, asset) });
  }
  const transferId = `loss:${asset}:${transfers}`;
  const nowMs = clock.nowMs();
  const loss = {
    transferId,
    debit: operatorCapital,
    credit: chainTreasury,
    asset,
    amount,
    kind: 'write_off',
    ref: transferId,
  } as const;
  const event = {
    name: 'ledger.written-off',
    atMs: nowMs,
    actor: 'operator',
    accountId: null,
    jobId: null,
    executionId: null,
    reason: null,
    data: { transferId, asset, amount: String(amount), why: reason },
  } as const;
  await store.postTransfers([loss], [event], nowMs);
  // Looks at the chain again, which lets payouts go when nothing else is wrong.
  const state = isShort(await ledger.reserves()) ? 'short' : 'covered';
  return { transferId, written: toMoney(amount, asset), state };
}

function missingOf({ onChain, ledger, onItsWay }: Reserve): bigint {
  if (onChain === null) throw new MarketError('CHAIN_UNAVAILABLE');
  const missing = ledger - onItsWay - onChain;
  return missing > 0n ? missing : 0n;
}
