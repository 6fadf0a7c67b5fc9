import type { Asset } from '@node3/shared/money';
import type Database from 'better-sqlite3';
import type { LedgerClass, LedgerSide } from '../../domain/ledger-accounts.ts';
import type { LedgerHead } from './sqlite-ledger.ts';
import { statement } from './statement.ts';

const addToTotal =
  'UPDATE balance_totals SET debits = debits + ?, credits = credits + ? WHERE class = ? AND asset = ?';
const openTotal =
  'INSERT INTO balance_totals (debits, credits, class, asset, side) VALUES (?, ?, ?, ?, ?)';

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
  settle(db: Database.Database): void {
    for (const { ledgerClass, asset, side, debits, credits } of this.#totals.values()) {
      const total = [debits, credits, ledgerClass, asset];
      const added = statement(db, addToTotal).run(...total);
      if (added.changes === 0) statement(db, openTotal).run(...total, side);
    }
    this.#totals.clear();
  }

  /** What it knows was undone, or belongs to an earlier transaction. */
  forget(): void {
    this.#totals.clear();
    this.head = null;
  }
}

const pending = new WeakMap<Database.Database, PendingTotals>();

export function pendingTotalsOf(db: Database.Database): PendingTotals {
  let totals = pending.get(db);
  if (totals === undefined) {
    totals = new PendingTotals();
    pending.set(db, totals);
  }
  return totals;
}
