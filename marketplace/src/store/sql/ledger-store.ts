import { type Asset, add, type BaseUnits, zero } from '@node3/shared/money';
import { type LedgerClass, liabilityClasses, normalSides } from '../../domain/ledger-accounts.ts';
import type { LedgerStore, LedgerTotals } from '../store.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import { balanceOn, ledgerBalanceIn, postTransfersIn } from './ledger.ts';
import { auditLedger } from './ledger-audit.ts';
import { ledgerEntriesByIdIn, ledgerEntriesIn } from './ledger-entries.ts';
import type { Tx, Work } from './work.ts';

interface TotalRecord {
  class: LedgerClass;
  asset: Asset;
  debits: bigint;
  credits: bigint;
}

const selectTotals = 'SELECT class, asset, debits, credits FROM balance_totals';
// Transfers are never deleted, so the newest entry's number is their count.
const countTransfers = 'SELECT max(entry) AS count FROM transfers';

export function createLedgerStore(database: Database): LedgerStore {
  return {
    postTransfers(transfers, events, nowMs) {
      return database.write(function* (tx) {
        yield* postTransfersIn(tx, transfers, nowMs);
        yield* appendEventsIn(tx, events);
      });
    },
    ledgerBalance(account, asset) {
      return database.read((tx) => ledgerBalanceIn(tx, account, asset));
    },
    ledgerTotals() {
      return database.read(ledgerTotalsIn);
    },
    ledgerEntries(afterEntry, limit) {
      return database.read((tx) => ledgerEntriesIn(tx, afterEntry, limit));
    },
    ledgerEntriesById(transferIds) {
      return database.read((tx) => ledgerEntriesByIdIn(tx, transferIds));
    },
    async verifyLedger() {
      const { balanced, problems } = await auditLedger(database, null);
      return { balanced, problems };
    },
    auditLedger: (since, signal) => auditLedger(database, since, signal),
  };
}

function* ledgerTotalsIn(tx: Tx): Work<LedgerTotals> {
  const records = yield* tx.all<TotalRecord>(selectTotals);
  const sum = (...classes: readonly LedgerClass[]): Record<Asset, BaseUnits> => {
    const totals: Record<Asset, BaseUnits> = { SOL: zero, USDC: zero };
    for (const record of records) {
      if (!classes.includes(record.class)) continue;
      const balance = balanceOn(normalSides[record.class], record);
      totals[record.asset] = add(totals[record.asset], balance);
    }
    return totals;
  };
  const count = yield* tx.get<{ count: bigint | null }>(countTransfers);
  return {
    transfers: Number(count?.count ?? 0n),
    liabilities: sum(...liabilityClasses),
    held: sum('held'),
    feeRevenue: sum('fee_revenue'),
    treasury: sum('treasury'),
  };
}
