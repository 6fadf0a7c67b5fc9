import type { Asset } from '@node3/shared/money';
import type { LedgerClass, LedgerSide } from '../../domain/ledger-accounts.ts';
import type { Tx, Work } from './work.ts';

/** The newest entry: what the next one is chained to. */
export interface LedgerHead {
  entry: number;
  hash: Uint8Array;
}

const addToTotal =
  'UPDATE balance_totals SET debits = debits + ?, credits = credits + ? WHERE class = ? AND asset = ?';
/** A row to add to: nobody has to wait for whether there was one. */
const openTotal = `
  INSERT INTO balance_totals (debits, credits, class, asset, side) VALUES (0, 0, ?, ?, ?)
  ON CONFLICT (class, asset) DO NOTHING`;

interface Total {
  ledgerClass: LedgerClass;
  asset: Asset;
  side: LedgerSide;
  debits: bigint;
  credits: bigint;
}

/**
 * What the ledger knows of the transaction that is open: its newest entry, and by how much the totals
 * of the sheet will change. The same few totals change with every transfer, so they are written once
 * for all transfers of a commit, in that commit. Nothing reads them inside of a write.
 */
export class PendingTotals {
  readonly #totals = new Map<string, Total>();
  head: LedgerHead | null = null;

  add({ ledgerClass, asset, side, debits, credits }: Total): void {
    const key = `${ledgerClass} ${asset}`;
    const total = this.#totals.get(key);
    if (total === undefined) {
      this.#totals.set(key, { ledgerClass, asset, side, debits, credits });
      return;
    }
    total.debits += debits;
    total.credits += credits;
  }

  /** Writes what has gathered. Throws where a total would become negative. */
  *settle(tx: Tx): Work<void> {
    for (const { ledgerClass, asset, side, debits, credits } of this.#totals.values()) {
      yield* tx.post(openTotal, ledgerClass, asset, side);
      yield* tx.post(addToTotal, debits, credits, ledgerClass, asset);
    }
    this.#totals.clear();
  }

  /** What it knows was undone, or belongs to an earlier transaction. */
  forget(): void {
    this.#totals.clear();
    this.head = null;
  }
}
