import { createArtifactStore } from '../sql/artifact-store.ts';
import { createAuditStore } from '../sql/audit-log.ts';
import { createCapStore } from '../sql/cap-store.ts';
import { createEvents } from '../sql/events.ts';
import { createLogRemoval } from '../sql/log-removal.ts';
import type { Store } from '../store.ts';
import { createSqliteAccountStore } from './sqlite-account-store.ts';
import { SqliteDatabase, type SqliteDatabaseOptions } from './sqlite-database.ts';
import { createSqliteDependencies } from './sqlite-dependencies.ts';
import { createSqliteDepositStore } from './sqlite-deposit-store.ts';
import { createSqliteJobStore } from './sqlite-job-store.ts';
import { createSqliteLedgerStore } from './sqlite-ledger-store.ts';
import { createSqlitePayoutStore } from './sqlite-payout-store.ts';
import { createSqliteQuoteStore } from './sqlite-quote-store.ts';
import { createSqliteReservationStore } from './sqlite-reservation-store.ts';
import { createSqliteScheduleStore } from './sqlite-schedule-store.ts';
import { createSqliteTemplateStore } from './sqlite-template-store.ts';
import { createSqliteWithdrawalStore } from './sqlite-withdrawal-store.ts';
import { createSqliteX402Store } from './sqlite-x402-store.ts';
import { statement } from './statement.ts';

const countChecks = `
  INSERT INTO meta (key, value) VALUES ('write_checks', 1)
  ON CONFLICT (key) DO UPDATE SET value = value + 1`;

/**
 * Opens the store in one SQLite file, which only this process may use. Throws when another one
 * does, when the file was written by a newer program, or when the durability settings don't hold.
 */
export function openSqliteStore(options: SqliteDatabaseOptions): Store {
  const sqlite = new SqliteDatabase(options);
  // The file's lock proves that no other worker lives: a killed one's lease need not run out.
  sqlite.forgetLeases();
  return createSqliteStore(sqlite);
}

export function createSqliteStore(sqlite: SqliteDatabase): Store {
  return {
    ...createSqliteAccountStore(sqlite),
    ...createSqliteDepositStore(sqlite),
    ...createSqliteWithdrawalStore(sqlite),
    ...createSqliteJobStore(sqlite),
    ...createAuditStore(sqlite.works()),
    ...createArtifactStore(sqlite.works()),
    ...createCapStore(sqlite.works()),
    ...createLogRemoval(sqlite.works()),
    ...createSqliteDependencies(sqlite),
    ...createSqliteQuoteStore(sqlite),
    ...createSqlitePayoutStore(sqlite),
    ...createSqliteLedgerStore(sqlite),
    ...createSqliteReservationStore(sqlite),
    ...createSqliteScheduleStore(sqlite),
    ...createSqliteTemplateStore(sqlite),
    ...createSqliteX402Store(sqlite),
    ...createEvents(sqlite.works()),
    checkWritable() {
      return sqlite.write((db) => {
        statement(db, countChecks).run();
      });
    },
    async close() {
      sqlite.close();
    },
  };
}
