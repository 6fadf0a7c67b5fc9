import { setImmediate as nextTurn } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { jobOfHold } from '../../domain/ledger-accounts.ts';
import { LedgerHistory } from '../ledger-history.ts';
import type { LedgerEntryRow } from '../rows.ts';
import type { LedgerAudit } from '../store.ts';
import {
  type AccountKey,
  balancePageProblemsIn,
  balanceProblemsIn,
  totalProblemsIn,
} from './ledger-problems.ts';
import {
  holdProblems,
  jobPageProblemsIn,
  jobProblemsIn,
  paymentCountProblemsIn,
  paymentProblemsIn,
  payoutPageProblemsIn,
} from './settlement-problems.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { ledgerHeadIn } from './sqlite-ledger.ts';
import { ledgerEntriesIn } from './sqlite-ledger-entries.ts';

/** Rows per turn of the event loop: some milliseconds, so that nobody waits for an audit. */
const pageRows = 500;
/** A few name the cause as well as all would. */
const problemsMax = 100;

interface AuditRun {
  sqlite: SqliteDatabase;
  history: LedgerHistory;
  problems: Set<string>;
  /** Accounts moved by the entries of this run; null in a whole one, which looks at all of them. */
  touched: Map<string, AccountKey> | null;
  signal: AbortSignal | undefined;
}

/** The audit of `LedgerStore.auditLedger`. */
export async function auditLedger(
  sqlite: SqliteDatabase,
  since: LedgerAudit | null,
  signal?: AbortSignal,
): Promise<LedgerAudit> {
  const run: AuditRun = {
    sqlite,
    history: since?.history ?? new LedgerHistory(),
    problems: new Set(since?.problems),
    touched: since === null ? null : new Map(),
    signal,
  };
  if (since !== null)
    note(
      run,
      sqlite.read((db) => rewrittenIn(db, run.history)),
    );
  note(
    run,
    await atHead(run, (db) => [
      ...totalProblemsIn(db, run.history),
      ...paymentCountProblemsIn(db, run.history.payments),
    ]),
  );
  if (run.touched !== null) await compareAccounts(run, [...run.touched.values()]);
  else await compareEverything(run);
  const { entry, hash } = run.history;
  const problems = [...run.problems];
  return { balanced: problems.length === 0, problems, entry, hash, history: run.history };
}

/** Whether what was verified before is still there, by the hash of its last entry. */
function rewrittenIn(db: Database.Database, history: LedgerHistory): string[] {
  if (history.entry === 0) return [];
  const [row] = ledgerEntriesIn(db, history.entry - 1, 1);
  if (row?.entry !== history.entry) {
    return [`The ledger ends at entry ${ledgerHeadIn(db).entry}; it had ${history.entry} before.`];
  }
  const isSame = Buffer.compare(row.hash, history.hash) === 0;
  return isSame ? [] : [`Entry ${row.entry} is another one than when it was last verified.`];
}

/**
 * Walks on until the history has seen every entry, then compares in that same turn: no write can
 * come in between, so a difference is one.
 */
async function atHead<T>(run: AuditRun, compare: (db: Database.Database) => T): Promise<T> {
  for (;;) {
    const found = run.sqlite.read((db) => {
      const walked = walkPage(run, db);
      return walked < pageRows ? { compared: compare(db) } : null;
    });
    await nextTurn(undefined, run.signal === undefined ? {} : { signal: run.signal });
    if (found !== null) return found.compared;
  }
}

function walkPage(run: AuditRun, db: Database.Database): number {
  const { history, touched } = run;
  const rows = ledgerEntriesIn(db, history.entry, pageRows);
  const jobIds = new Set<string>();
  const payments: LedgerEntryRow[] = [];
  for (const row of rows) {
    note(run, history.add(row));
    note(run, holdProblems(row));
    const jobId = jobOfHold(row.debit) ?? jobOfHold(row.credit);
    if (jobId !== null) jobIds.add(jobId);
    if (row.kind === 'payout') payments.push(row);
    if (touched === null) continue;
    for (const account of [row.debit, row.credit]) {
      touched.set(`${row.asset} ${account}`, { account, asset: row.asset });
    }
  }
  note(run, jobProblemsIn(db, [...jobIds]));
  note(run, paymentProblemsIn(db, payments));
  return rows.length;
}

async function compareAccounts(run: AuditRun, accounts: readonly AccountKey[]): Promise<void> {
  for (let start = 0; start < accounts.length; start += pageRows) {
    const page = accounts.slice(start, start + pageRows);
    note(run, await atHead(run, (db) => balanceProblemsIn(db, run.history, page)));
  }
}

async function compareEverything(run: AuditRun): Promise<void> {
  const { history } = run;
  await everyPage<AccountKey>(run, { account: '', asset: '' }, (db, after) =>
    balancePageProblemsIn(db, history, after, pageRows),
  );
  // A balance that has no row any more was on none of those pages.
  await compareAccounts(run, [...history.accounts()]);
  await everyPage(run, '', (db, after) => jobPageProblemsIn(db, after, pageRows));
  await everyPage(run, '', (db, after) => payoutPageProblemsIn(db, after, pageRows));
}

async function everyPage<Key>(
  run: AuditRun,
  first: Key,
  read: (db: Database.Database, after: Key) => { problems: string[]; last: Key | null },
): Promise<void> {
  for (let after: Key | null = first; after !== null; ) {
    const from: Key = after;
    const page = await atHead(run, (db) => read(db, from));
    note(run, page.problems);
    after = page.last;
  }
}

function note({ problems }: AuditRun, found: readonly string[]): void {
  for (const problem of found) if (problems.size < problemsMax) problems.add(problem);
}
