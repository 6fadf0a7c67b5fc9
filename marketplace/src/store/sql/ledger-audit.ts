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
  /** Changed between reads only: a read may run twice. */
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
  const verified = since?.history ?? new LedgerHistory();
  const run: AuditRun = {
    database,
    // An audit that breaks off leaves nothing verified whose problems nobody was told.
    history: since === null ? verified : verified.draft(),
    problems: new Set(since?.problems),
    touched: since === null ? null : new Map(),
    signal,
  };
  if (since !== null) note(run, await database.read((tx) => rewrittenIn(tx, run.history)));
  note(
    run,
    await atHead(run, function* (tx, history) {
      const totals = yield* totalProblemsIn(tx, history);
      return [...totals, ...(yield* paymentCountProblemsIn(tx, history.payments))];
    }),
  );
  if (run.touched !== null) await compareAccounts(run, [...run.touched.values()]);
  else await compareEverything(run);
  if (run.history !== verified) verified.take(run.history);
  const { entry, hash } = verified;
  const problems = [...run.problems];
  return { balanced: problems.length === 0, problems, entry, hash, history: verified };
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
async function atHead<T>(
  run: AuditRun,
  compare: (tx: Tx, history: LedgerHistory) => Work<T>,
): Promise<T> {
  for (;;) {
    const found = await run.database.read(function* (tx) {
      const draft = run.history.draft();
      const page = yield* walkPage(tx, draft);
      const isHead = page.rows.length < pageRows;
      return { ...page, draft, at: isHead ? { compared: yield* compare(tx, draft) } : null };
    });
    run.history.take(found.draft);
    note(run, found.problems);
    touch(run, found.rows);
    await nextTurn(undefined, run.signal === undefined ? {} : { signal: run.signal });
    if (found.at !== null) return found.at.compared;
  }
}

/** Adds the next page to the history, which is of this attempt alone. */
function* walkPage(
  tx: Tx,
  history: LedgerHistory,
): Work<{ rows: LedgerEntryRow[]; problems: string[] }> {
  const rows = yield* ledgerEntriesIn(tx, history.entry, pageRows);
  const problems: string[] = [];
  const jobIds = new Set<string>();
  for (const row of rows) {
    problems.push(...history.add(row), ...holdProblems(row));
    const jobId = jobOfHold(row.debit) ?? jobOfHold(row.credit);
    if (jobId !== null) jobIds.add(jobId);
  }
  const payments = rows.filter(({ kind }) => kind === 'payout');
  problems.push(...(yield* jobProblemsIn(tx, [...jobIds])));
  problems.push(...(yield* paymentProblemsIn(tx, payments)));
  return { rows, problems };
}

function touch({ touched }: AuditRun, rows: readonly LedgerEntryRow[]): void {
  if (touched === null) return;
  for (const { asset, debit, credit } of rows) {
    for (const account of [debit, credit]) touched.set(`${asset} ${account}`, { account, asset });
  }
}

async function compareAccounts(run: AuditRun, accounts: readonly AccountKey[]): Promise<void> {
  for (let start = 0; start < accounts.length; start += pageRows) {
    const page = accounts.slice(start, start + pageRows);
    note(run, await atHead(run, (tx, history) => balanceProblemsIn(tx, history, page)));
  }
}

async function compareEverything(run: AuditRun): Promise<void> {
  await everyPage<AccountKey>(run, { account: '', asset: '' }, (tx, after, history) =>
    balancePageProblemsIn(tx, history, after, pageRows),
  );
  // A balance that has no row any more was on none of those pages.
  await compareAccounts(run, [...run.history.accounts()]);
  await everyPage(run, '', (tx, after) => jobPageProblemsIn(tx, after, pageRows));
  await everyPage(run, '', (tx, after) => payoutPageProblemsIn(tx, after, pageRows));
}

async function everyPage<Key>(
  run: AuditRun,
  first: Key,
  read: (
    tx: Tx,
    after: Key,
    history: LedgerHistory,
  ) => Work<{ problems: string[]; last: Key | null }>,
): Promise<void> {
  for (let after: Key | null = first; after !== null; ) {
    const from: Key = after;
    const page = await atHead(run, (tx, history) => read(tx, from, history));
    note(run, page.problems);
    after = page.last;
  }
}

function note({ problems }: AuditRun, found: readonly string[]): void {
  for (const problem of found) if (problems.size < problemsMax) problems.add(problem);
}
