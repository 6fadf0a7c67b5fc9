import { assets } from '@node3/shared/money';
import { ledgerClasses } from '../../domain/ledger-accounts.ts';
import type { LedgerHistory } from '../ledger-history.ts';
import type { Tx, Work } from './work.ts';

const selectBalancePage = `
  SELECT account, asset, debits, credits, side FROM balances
  WHERE (account, asset) > (?, ?) ORDER BY account, asset LIMIT ?`;
const selectBalance = 'SELECT debits, credits, side FROM balances WHERE account = ? AND asset = ?';
const selectTotals = 'SELECT class, asset, debits, credits FROM balance_totals';

interface BalanceRecord {
  debits: bigint;
  credits: bigint;
  side: string;
}

export interface AccountKey {
  account: string;
  asset: string;
}

/** Compares stored balances with the history, which must have seen every entry. */
export function* balanceProblemsIn(
  tx: Tx,
  history: LedgerHistory,
  accounts: readonly AccountKey[],
): Work<string[]> {
  const problems: string[] = [];
  for (const { account, asset } of accounts) {
    const found = yield* tx.get<BalanceRecord>(selectBalance, account, asset);
    problems.push(...problemsOfBalance(history, account, asset, found));
  }
  return problems;
}

export function* balancePageProblemsIn(
  tx: Tx,
  history: LedgerHistory,
  after: AccountKey,
  limit: number,
): Work<{ problems: string[]; last: AccountKey | null }> {
  const records = yield* tx.all<BalanceRecord & AccountKey>(
    selectBalancePage,
    after.account,
    after.asset,
    limit,
  );
  const problems = records.flatMap((record) =>
    problemsOfBalance(history, record.account, record.asset, record),
  );
  return { problems, last: records.length < limit ? null : (records.at(-1) ?? null) };
}

function problemsOfBalance(
  history: LedgerHistory,
  account: string,
  asset: string,
  record: BalanceRecord | undefined,
): string[] {
  const { debits, credits, side } = record ?? { debits: 0n, credits: 0n, side: 'debit' };
  const balance = side === 'debit' ? debits - credits : credits - debits;
  return balance === history.balance(account, asset)
    ? []
    : [`The ${asset} balance of ${account} differs from its transfers.`];
}

/** The sheet of totals: each as its transfers say, and all of an asset adding up to 0. */
export function* totalProblemsIn(tx: Tx, history: LedgerHistory): Work<string[]> {
  const problems: string[] = [];
  const records = yield* tx.all<AccountKey & BalanceRecord & { class: string }>(selectTotals);
  for (const asset of assets) {
    const ofAsset = records.filter((record) => record.asset === asset);
    for (const ledgerClass of ledgerClasses) {
      const stored = ofAsset.find((record) => record.class === ledgerClass);
      const { debits, credits } = history.total(ledgerClass, asset);
      if ((stored?.debits ?? 0n) !== debits || (stored?.credits ?? 0n) !== credits) {
        problems.push(`The ${asset} total of ${ledgerClass} differs from its transfers.`);
      }
    }
    const difference = ofAsset.reduce((sum, { debits, credits }) => sum + debits - credits, 0n);
    if (difference !== 0n) {
      problems.push(`All ${asset} balances add up to ${difference}, not to 0.`);
    }
  }
  return problems;
}
