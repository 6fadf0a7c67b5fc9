import { type Asset, type BaseUnits, zero } from '@node3/shared/money';
import type { Decide, JobChange, JobSnapshot, LedgerView } from '../job-store.ts';
import { ledgerBalanceIn } from './ledger.ts';
import { done, type Tx, type Work } from './work.ts';

/**
 * Asks for the decision. It can't wait for a balance, and few ask for one: such a decision is thrown
 * away and made again once what it asked for is read. It is pure, so only the last one counts.
 */
export function decidedIn(tx: Tx, snapshot: JobSnapshot, decide: Decide): Work<JobChange | null> {
  const ledger = new BalancesRead();
  const change = attempt(snapshot, decide, ledger);
  return ledger.missing.length === 0 ? done(change) : decideAgain(tx, snapshot, decide, ledger);
}

function* decideAgain(
  tx: Tx,
  snapshot: JobSnapshot,
  decide: Decide,
  ledger: BalancesRead,
): Work<JobChange | null> {
  for (;;) {
    yield* ledger.readMissing(tx);
    const change = attempt(snapshot, decide, ledger);
    if (ledger.missing.length === 0) return change;
  }
}

/** What a decision throws means nothing as long as it didn't see the ledger. */
function attempt(snapshot: JobSnapshot, decide: Decide, ledger: BalancesRead): JobChange | null {
  try {
    return decide(snapshot, ledger);
  } catch (error) {
    if (ledger.missing.length === 0) throw error;
    return null;
  }
}

/** The balances that were read so far. One that was not is noted, and is 0 meanwhile. */
class BalancesRead implements LedgerView {
  missing: { account: string; asset: Asset }[] = [];
  readonly #read = new Map<string, BaseUnits>();

  balance(account: string, asset: Asset): BaseUnits {
    const known = this.#read.get(`${asset} ${account}`);
    if (known === undefined) this.missing.push({ account, asset });
    return known ?? zero;
  }

  *readMissing(tx: Tx): Work<void> {
    for (const { account, asset } of this.missing) {
      this.#read.set(`${asset} ${account}`, yield* ledgerBalanceIn(tx, account, asset));
    }
    this.missing = [];
  }
}
