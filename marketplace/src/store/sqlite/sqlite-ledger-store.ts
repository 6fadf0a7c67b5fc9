import { type Asset, add, type BaseUnits, zero } from '@node3/shared/money';
import type Database from 'better-sqlite3';
import { type LedgerClass, liabilityClasses, normalSides } from '../../domain/ledger-accounts.ts';
import type { LedgerStore, LedgerTotals } from '../store.ts';
import { appendEventsIn } from './old-style.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { balanceOn, ledgerBalanceIn, postTransfersIn } from './sqlite-ledger.ts';
import { auditLedger } from './sqlite-ledger-audit.ts';
import { ledgerEntriesByIdIn, ledgerEntriesIn } from './sqlite-ledger-entries.ts';
import { statement } from './statement.ts';

interface TotalRecord {
  class: LedgerClass;
  asset: Asset;
  debits: bigint;
  credits: bigint;
}

const selectTotals = 'SELECT class, asset, debits, credits FROM balance_totals';
// Transfers are never deleted, so the newest entry's number is their count.
const countTransfers = 'SELECT max(entry) AS count FROM transfers';

export function createSqliteLedgerStore(sqlite: SqliteDatabase): LedgerStore {
  return {
    postTransfers(transfers, events, nowMs) {
      return sqlite.write((db) => {
        postTransfersIn(db, transfers, nowMs);
        appendEventsIn(sqlite, db, events);
      });
    },
    async ledgerBalance(account, asset) {
      return sqlite.read((db) => ledgerBalanceIn(db, account, asset));
    },
    async ledgerTotals() {
      return sqlite.read(ledgerTotalsIn);
    },
    async ledgerEntries(afterEntry, limit) {
      return sqlite.read((db) => ledgerEntriesIn(db, afterEntry, limit));
    },
    async ledgerEntriesById(transferIds) {
      return sqlite.read((db) => ledgerEntriesByIdIn(db, transferIds));
    },
    async verifyLedger() {
      const { balanced, problems } = await auditLedger(sqlite, null);
      return { balanced, problems };
    },
    auditLedger: (since, signal) => auditLedger(sqlite, since, signal),
  };
}

function ledgerTotalsIn(db: Database.Database): LedgerTotals {
  const records = statement<TotalRecord>(db, selectTotals).all();
  const sum = (...classes: readonly LedgerClass[]): Record<Asset, BaseUnits> => {
    const totals: Record<Asset, BaseUnits> = { SOL: zero, USDC: zero };
    for (const record of records) {
      if (!classes.includes(record.class)) continue;
      const balance = balanceOn(normalSides[record.class], record);
      totals[record.asset] = add(totals[record.asset], balance);
    }
    return totals;
  };
  const count = statement<{ count: bigint | null }>(db, countTransfers).get();
  return {
    transfers: Number(count?.count ?? 0n),
    liabilities: sum(...liabilityClasses),
    held: sum('held'),
    feeRevenue: sum('fee_revenue'),
    treasury: sum('treasury'),
    operatorCapital: sum('operator_capital'),
  };
}
