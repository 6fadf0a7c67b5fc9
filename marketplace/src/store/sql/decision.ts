import type { Asset, BaseUnits } from '@node3/shared/money';
import { zero } from '@node3/shared/money';
import type { Decide, JobChange, JobSnapshot, LedgerView } from '../job-store.ts';
import { ledgerBalanceIn } from './ledger.ts';
import type { Tx, Work } from './work.ts';

/**
 * Asks for the decision. It can't wait for a balance, and few ask for one: such a decision is thrown
 * away and made again once what it asked for is read. It is pure, so only the last one counts.
 */
export function* decidedIn(tx: Tx, snapshot: JobSnapshot, decide: Decide): Work<JobChange | null> {
  const ledger = new BalancesRead();
  for (;;) {
    const change = attempt(ledger, () => decide(snapshot, ledger));
    if (ledger.missing.length === 0) return change;
    yield* ledger.readMissing(tx);
  }
}

/** What a decision throws means nothing as long as it didn't see the ledger. */
function attempt(ledger: BalancesRead, decide: () => JobChange | null): JobChange | null {
  try {
    return decide();
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
