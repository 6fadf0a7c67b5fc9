import type { DepositRoute } from '@node3/shared/deposit-state';
import type { Actor } from '@node3/shared/events';
import type Database from 'better-sqlite3';
import { arrivalTransfer, claimTransfer, depositEvent } from '../../domain/deposit-postings.ts';
import type {
  DepositQuery,
  DepositRecording,
  DepositRow,
  DepositStore,
  ReceivedMoney,
} from '../deposit-store.ts';
import { appendEventsIn } from './old-style.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { createSqliteDepositIntents } from './sqlite-deposit-intents.ts';
import {
  insertDepositIn,
  type NewDeposit,
  selectDeposits,
  setCreditedIn,
} from './sqlite-deposit-rows.ts';
import { createSqliteDepositScan } from './sqlite-deposit-scan.ts';
import { postTransfersIn } from './sqlite-ledger.ts';

/** So many small deposits are credited at a time, the largest; more wait for the next one. */
const dustRowsMax = 500;

const ofSignature = 'WHERE signature = ? ORDER BY entry';
const suspendedOfSignature = `WHERE signature = ? AND state = 'suspense' ORDER BY entry`;
const dustOfAccount = `WHERE account_id = ? AND asset = ? AND state = 'suspense'
  AND suspense_reason = 'dust' ORDER BY amount DESC LIMIT ?`;

/** The DepositStore on SQLite. */
export function createSqliteDepositStore(sqlite: SqliteDatabase): DepositStore {
  const select = (where: string, ...values: (string | number)[]) =>
    sqlite.read((db) => selectDeposits(db, where, values));
  return {
    ...createSqliteDepositIntents(sqlite),
    ...createSqliteDepositScan(sqlite),

    recordDeposit(recording) {
      return sqlite.write((db) => {
        const { signature } = recording;
        const stored = selectDeposits(db, ofSignature, [signature]).map(({ asset }) => asset);
        for (const money of recording.received) {
          if (!stored.includes(money.asset)) recordIn(sqlite, db, recording, money);
        }
        return selectDeposits(db, ofSignature, [signature]);
      });
    },

    claimDeposit({ signature, accountId, wallet, nowMs }) {
      return sqlite.write((db) => {
        const claimable = selectDeposits(db, suspendedOfSignature, [signature]).filter((row) =>
          row.accountId === null ? row.sourceOwner === wallet : row.accountId === accountId,
        );
        creditIn(sqlite, db, claimable, { accountId, route: 'claim', actor: 'requester', nowMs });
        return selectDeposits(db, ofSignature, [signature]);
      });
    },

    assignDeposit({ signature, accountId, nowMs }) {
      return sqlite.write((db) => {
        const rows = selectDeposits(db, suspendedOfSignature, [signature]);
        creditIn(sqlite, db, rows, { accountId, route: 'operator', actor: 'operator', nowMs });
        return rows.length > 0;
      });
    },

    async depositsOfSignature(signature) {
      return select(ofSignature, signature);
    },
    async depositsOfIntent(intentId) {
      return select('WHERE intent_id = ? ORDER BY entry LIMIT 100', intentId);
    },
    async listDeposits(query) {
      return sqlite.read((db) => listDepositsIn(db, query));
    },
  };
}

function listDepositsIn(db: Database.Database, query: DepositQuery): DepositRow[] {
  const { accountId, state, limit } = query;
  const before = query.beforeEntry ?? Number.MAX_SAFE_INTEGER;
  const page = 'entry < ? ORDER BY entry DESC LIMIT ?';
  if (accountId !== null && state !== null) {
    const where = `WHERE account_id = ? AND +state = ? AND ${page}`;
    return selectDeposits(db, where, [accountId, state, before, limit]);
  }
  if (accountId !== null) {
    return selectDeposits(db, `WHERE account_id = ? AND ${page}`, [accountId, before, limit]);
  }
  if (state !== null) {
    return selectDeposits(db, `WHERE state = ? AND ${page}`, [state, before, limit]);
  }
  return selectDeposits(db, `WHERE ${page}`, [before, limit]);
}

function recordIn(
  sqlite: SqliteDatabase,
  db: Database.Database,
  { signature, target, minimum, nowMs }: DepositRecording,
  money: ReceivedMoney,
): void {
  const { asset, amount } = money;
  const accountId = target.to === 'account' ? target.accountId : null;
  const dust =
    accountId === null ? [] : selectDeposits(db, dustOfAccount, [accountId, asset, dustRowsMax]);
  const sum = dust.reduce((total, row) => total + row.amount, BigInt(amount));
  const isDust = accountId !== null && sum < minimum[asset];
  const credited = target.to !== 'suspense' && !isDust;
  const row: NewDeposit = {
    ...money,
    signature,
    accountId,
    state: credited ? 'credited' : 'suspense',
    route: target.to === 'suspense' ? null : target.route,
    suspenseReason: target.to === 'suspense' ? target.reason : isDust ? 'dust' : null,
    intentId: target.to === 'account' ? target.intentId : null,
    payoutId: null,
    seenAtMs: nowMs,
    creditedAtMs: credited ? nowMs : null,
  };
  insertDepositIn(db, row);
  postTransfersIn(db, [arrivalTransfer(row)], nowMs);
  if (!credited) return;
  const actor = 'marketplace' as const;
  appendEventsIn(sqlite, db, [depositEvent(row, actor, nowMs)]);
  creditIn(sqlite, db, dust, { accountId, route: null, actor, nowMs });
}

interface Credit {
  accountId: string | null;
  /** null keeps the one that was found when it came. */
  route: DepositRoute | null;
  actor: Actor;
  nowMs: number;
}

function creditIn(
  sqlite: SqliteDatabase,
  db: Database.Database,
  rows: readonly DepositRow[],
  { accountId, route, actor, nowMs }: Credit,
): void {
  for (const row of rows) {
    const credited = { ...row, accountId, route: route ?? row.route ?? 'claim' };
    setCreditedIn(db, row.entry, credited, nowMs);
    postTransfersIn(db, [claimTransfer(credited)], nowMs);
    appendEventsIn(sqlite, db, [depositEvent(credited, actor, nowMs)]);
  }
}
