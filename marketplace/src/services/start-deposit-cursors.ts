import type { DepositSource } from '../payments/deposit-source.ts';
import type { DepositStore } from '../store/deposit-store.ts';
import type { LedgerStore } from '../store/store.ts';

interface Deps {
  store: Pick<DepositStore, 'depositCursor' | 'saveDepositCursor'> &
    Pick<LedgerStore, 'ledgerTotals'>;
  deposits: DepositSource;
}

/**
 * Decides, once per address, from where on deposits are read. A database with an empty ledger starts
 * with what comes next: if the wallet is older, another database has credited and spent what it got.
 * One that has booked money before reads the whole history, of which it knows its own part.
 */
export async function startDepositCursors({ store, deposits }: Deps): Promise<void> {
  for (const address of deposits.addresses) {
    if ((await store.depositCursor(address)) !== null) continue;
    const { transfers } = await store.ledgerTotals();
    const range = { before: null, until: null, limit: 1 };
    const [newest] = transfers > 0 ? [] : await deposits.history(address, range);
    const { signature = null, slot = null } = newest ?? {};
    await store.saveDepositCursor(address, { signature, slot, startSlot: slot });
  }
}
