import { setImmediate as nextTurn } from 'node:timers/promises';
import { jobOfHold } from '../../domain/ledger-accounts.ts';
import { LedgerHistory } from '../ledger-history.ts';
import type { LedgerEntryRow } from '../rows.ts';
import type { LedgerAudit } from '../store.ts';
import type { Database } from './database.ts';
import { ledgerHeadIn } from './ledger.ts';
import { ledgerEntriesIn } from './ledger-entries.ts';
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
import type { Tx, Work } from './work.ts';

/** Rows per turn of the event loop: some milliseconds, so that nobody waits for an audit. */
const pageRows = 500;
/** A few name the cause as well as all would. */
const problemsMax = 100;

interface AuditRun {
  database: Database;
  history: LedgerHistory;
  problems: Set<string>;
  /** Accounts moved by the entries of this run; null in a whole one, which looks at all of them. */
  touched: Map<string, AccountKey> | null;
  signal: AbortSignal | undefined;
}

/** The audit of `LedgerStore.auditLedger`. */
export async function auditLedger(
  database: Database,
  since: LedgerAudit | null,
  signal?: AbortSignal,
): Promise<LedgerAudit> {
  const run: AuditRun = {
    database,
    history: since?.history ?? new LedgerHistory(),
    problems: new Set(since?.problems),
    touched: since === null ? null : new Map(),
    signal,
  };
  if (since !== null) note(run, await database.read((tx) => rewrittenIn(tx, run.history)));
  note(
    run,
    await atHead(run, function* (tx) {
      const totals = yield* totalProblemsIn(tx, run.history);
      return [...totals, ...(yield* paymentCountProblemsIn(tx, run.history.payments))];
    }),
  );
  if (run.touched !== null) await compareAccounts(run, [...run.touched.values()]);
  else await compareEverything(run);
  const { entry, hash } = run.history;
  const problems = [...run.problems];
  return { balanced: problems.length === 0, problems, entry, hash, history: run.history };
}

/** Whether what was verified before is still there, by the hash of its last entry. */
function* rewrittenIn(tx: Tx, history: LedgerHistory): Work<string[]> {
  if (history.entry === 0) return [];
  const [row] = yield* ledgerEntriesIn(tx, history.entry - 1, 1);
  if (row?.entry !== history.entry) {
    const head = yield* ledgerHeadIn(tx);
    return [`The ledger ends at entry ${head.entry}; it had ${history.entry} before.`];
  }
  const isSame = Buffer.compare(row.hash, history.hash) === 0;
  return isSame ? [] : [`Entry ${row.entry} is another one than when it was last verified.`];
}

/**
 * Walks on until the history has seen every entry, then compares in that same read: no write can
 * come in between, so a difference is one.
 */
async function atHead<T>(run: AuditRun, compare: (tx: Tx) => Work<T>): Promise<T> {
  for (;;) {
    const found = await run.database.read(function* (tx) {
      const walked = yield* walkPage(run, tx);
      return walked < pageRows ? { compared: yield* compare(tx) } : null;
    });
    await nextTurn(undefined, run.signal === undefined ? {} : { signal: run.signal });
    if (found !== null) return found.compared;
  }
}

function* walkPage(run: AuditRun, tx: Tx): Work<number> {
  const { history, touched } = run;
  const rows = yield* ledgerEntriesIn(tx, history.entry, pageRows);
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
  note(run, yield* jobProblemsIn(tx, [...jobIds]));
  note(run, yield* paymentProblemsIn(tx, payments));
  return rows.length;
}

async function compareAccounts(run: AuditRun, accounts: readonly AccountKey[]): Promise<void> {
  for (let start = 0; start < accounts.length; start += pageRows) {
    const page = accounts.slice(start, start + pageRows);
    note(run, await atHead(run, (tx) => balanceProblemsIn(tx, run.history, page)));
  }
}

async function compareEverything(run: AuditRun): Promise<void> {
  const { history } = run;
  await everyPage<AccountKey>(run, { account: '', asset: '' }, (tx, after) =>
    balancePageProblemsIn(tx, history, after, pageRows),
  );
  // A balance that has no row any more was on none of those pages.
  await compareAccounts(run, [...history.accounts()]);
  await everyPage(run, '', (tx, after) => jobPageProblemsIn(tx, after, pageRows));
  await everyPage(run, '', (tx, after) => payoutPageProblemsIn(tx, after, pageRows));
}

async function everyPage<Key>(
  run: AuditRun,
  first: Key,
  read: (tx: Tx, after: Key) => Work<{ problems: string[]; last: Key | null }>,
): Promise<void> {
  for (let after: Key | null = first; after !== null; ) {
    const from: Key = after;
    const page = await atHead(run, (tx) => read(tx, from));
    note(run, page.problems);
    after = page.last;
  }
}

function note({ problems }: AuditRun, found: readonly string[]): void {
  for (const problem of found) if (problems.size < problemsMax) problems.add(problem);
}
