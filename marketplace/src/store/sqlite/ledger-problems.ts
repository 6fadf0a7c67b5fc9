import type Database from 'better-sqlite3';
import { ledgerClassOf, normalSides } from '../../domain/ledger-accounts.ts';
import { statement } from './statement.ts';

/** A few name the cause as well as all would. */
const problemsMax = 100;

/** Both sides of every transfer, added up per account. */
const moved = `
  SELECT account, asset, sum(debits) AS debits, sum(credits) AS credits FROM (
    SELECT debit AS account, asset, amount AS debits, 0 AS credits FROM transfers
    UNION ALL SELECT credit, asset, 0, amount FROM transfers
  ) GROUP BY account, asset`;

const wrongBalances = `
  WITH moved AS (${moved})
  SELECT account, asset, moved.debits AS debits, moved.credits AS credits,
    balances.debits AS stored_debits, balances.credits AS stored_credits
  FROM moved FULL JOIN balances USING (account, asset)
  WHERE moved.debits IS NOT balances.debits OR moved.credits IS NOT balances.credits
  LIMIT ${problemsMax}`;

const unevenAssets = `
  SELECT asset, sum(debits) - sum(credits) AS difference FROM balances
  GROUP BY asset HAVING difference <> 0`;

const wrongHolds = `
  SELECT jobs.job_id AS job_id, jobs.asset AS asset,
    iif(settlement = 'held', price, 0) AS expected,
    coalesce(credits - debits, 0) AS held
  FROM jobs LEFT JOIN balances
    ON balances.account = 'held:' || jobs.job_id AND balances.asset = jobs.asset
  WHERE expected <> held LIMIT ${problemsMax}`;

const selectBalances = 'SELECT account, asset, debits, credits FROM balances';
const selectTotals = 'SELECT class, asset, side, debits, credits FROM balance_totals';

interface SumRecord {
  asset: string;
  debits: bigint;
  credits: bigint;
}

/**
 * Recomputes the ledger from its transfers and says, in one sentence each, what differs. Reads the
 * whole history, so it belongs to audits and not to requests.
 */
export function ledgerProblemsIn(db: Database.Database): string[] {
  const problems = [
    ...statement<{ account: string; asset: string }>(db, wrongBalances)
      .all()
      .map(
        ({ account, asset }) => `The ${asset} balance of ${account} differs from its transfers.`,
      ),
    ...statement<{ asset: string; difference: bigint }>(db, unevenAssets)
      .all()
      .map(({ asset, difference }) => `All ${asset} balances add up to ${difference}, not to 0.`),
    ...statement<{ job_id: string; asset: string; expected: bigint; held: bigint }>(db, wrongHolds)
      .all()
      .map(
        ({ job_id, asset, expected, held }) =>
          `Job ${job_id} holds ${held} ${asset} base units instead of ${expected}.`,
      ),
    ...totalProblemsIn(db),
  ];
  return problems.slice(0, problemsMax);
}

function totalProblemsIn(db: Database.Database): string[] {
  const problems: string[] = [];
  const sums = new Map<string, bigint>();
  const balances = statement<SumRecord & { account: string }>(db, selectBalances);
  for (const { account, asset, debits, credits } of balances.iterate()) {
    const ledgerClass = ledgerClassOf(account);
    const balance = normalSides[ledgerClass] === 'debit' ? debits - credits : credits - debits;
    if (balance < 0n) problems.push(`The ${asset} balance of ${account} is negative.`);
    const key = `${ledgerClass} ${asset}`;
    sums.set(key, (sums.get(key) ?? 0n) + debits - credits);
  }
  const totals = statement<SumRecord & { class: string }>(db, selectTotals).all();
  for (const { class: ledgerClass, asset, debits, credits } of totals) {
    const key = `${ledgerClass} ${asset}`;
    if (sums.get(key) !== debits - credits) {
      problems.push(`The ${asset} total of ${ledgerClass} differs from its accounts.`);
    }
    sums.delete(key);
  }
  for (const key of sums.keys()) problems.push(`There is no total of ${key}.`);
  return problems;
}
