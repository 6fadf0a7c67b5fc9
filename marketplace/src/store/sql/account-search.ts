import { MarketError } from '@node3/shared/error';
import { type Asset, type BaseUnits, zero } from '@node3/shared/money';
import { userAvailable } from '../../domain/ledger-accounts.ts';
import type { AccountSearch, AccountSummary, SuspensionRow } from '../account-search.ts';
import type { AccountBalance } from '../account-store.ts';
import type { AccountRow } from '../rows.ts';
import { type AccountRecord, toAccount } from './account-store.ts';
import { inTexts, toList } from './codec.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import type { Tx, Work } from './work.ts';

/** Sorts after every id. */
const afterAllIds = '~';
/** Behind a text it sorts after all that begin with it. */
const last = '\u{10FFFF}';

const selectPage = 'SELECT * FROM accounts WHERE account_id < ? ORDER BY account_id DESC LIMIT ?';
const selectById = 'SELECT * FROM accounts WHERE account_id >= ? AND account_id < ? LIMIT ?';
const selectByWallet = 'SELECT * FROM accounts WHERE wallet >= ? AND wallet < ? LIMIT ?';
const selectByName = `
  SELECT * FROM accounts WHERE lower(name) >= ? AND lower(name) < ? ORDER BY lower(name) LIMIT ?`;
const selectOne = 'SELECT * FROM accounts WHERE account_id = ?';
const selectBalances = `
  SELECT account, asset, credits - debits AS balance FROM balances WHERE account ${inTexts}`;
const selectJobs = `
  SELECT account_id, asset, jobs_open, held FROM account_jobs WHERE account_id ${inTexts}`;
const selectSuspended = `SELECT * FROM account_suspensions WHERE account_id ${inTexts}`;
const selectSuspensions = 'SELECT * FROM account_suspensions';
const insertSuspension = `
  INSERT INTO account_suspensions (account_id, reason, since_ms)
  VALUES (@accountId, @reason, @sinceMs)
  ON CONFLICT (account_id) DO UPDATE SET reason = excluded.reason`;
const deleteSuspension = 'DELETE FROM account_suspensions WHERE account_id = ?';

interface SuspensionRecord {
  account_id: string;
  reason: string;
  since_ms: bigint;
}

export function createAccountSearch(database: Database): AccountSearch {
  return {
    findAccounts({ search, beforeAccountId, limit }) {
      return database.read(function* (tx) {
        const found =
          search === null
            ? yield* tx.all<AccountRecord>(selectPage, beforeAccountId ?? afterAllIds, limit)
            : yield* searchIn(tx, search, limit);
        return yield* summariesIn(tx, found.map(toAccount));
      });
    },
    accountSummary(accountId) {
      return database.read(function* (tx) {
        const found = yield* tx.all<AccountRecord>(selectOne, accountId);
        return (yield* summariesIn(tx, found.map(toAccount)))[0] ?? null;
      });
    },
    async suspensions() {
      const found = await database.read((tx) => tx.all<SuspensionRecord>(selectSuspensions));
      return found.map(toSuspension);
    },
    suspendAccount(row, events) {
      return database.write(function* (tx) {
        const { accountId } = row;
        const found = yield* tx.get<AccountRecord>(selectOne, accountId);
        if (found === undefined) throw new MarketError('ACCOUNT_NOT_FOUND', { accountId });
        yield* tx.post(insertSuspension, row);
        yield* appendEventsIn(tx, events);
      });
    },
    restoreAccount(accountId, events) {
      return database.write(function* (tx) {
        const ended = yield* tx.run(deleteSuspension, accountId);
        if (ended > 0) yield* appendEventsIn(tx, events);
      });
    },
  };
}

/** One short walk of an index for each thing that it may be the beginning of. */
function* searchIn(tx: Tx, search: string, limit: number): Work<AccountRecord[]> {
  // As `lower` does in both engines: nothing but A to Z.
  const name = search.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  const found = [
    ...(yield* tx.all<AccountRecord>(selectById, search, `${search}${last}`, limit)),
    ...(yield* tx.all<AccountRecord>(selectByWallet, search, `${search}${last}`, limit)),
    ...(yield* tx.all<AccountRecord>(selectByName, name, `${name}${last}`, limit)),
  ];
  const byId = new Map(found.map((record) => [record.account_id, record]));
  const newest = [...byId.values()].toSorted((a, b) => (a.account_id < b.account_id ? 1 : -1));
  return newest.slice(0, limit);
}

function* summariesIn(tx: Tx, accounts: readonly AccountRow[]): Work<AccountSummary[]> {
  const ids = toList(accounts.map(({ accountId }) => accountId));
  const names = toList(accounts.map(({ accountId }) => userAvailable(accountId)));
  const balances = yield* tx.all<{ account: string; asset: Asset; balance: BaseUnits }>(
    selectBalances,
    names,
  );
  type Jobs = { account_id: string; asset: Asset; jobs_open: bigint; held: BaseUnits };
  const jobs = yield* tx.all<Jobs>(selectJobs, ids);
  const suspended = (yield* tx.all<SuspensionRecord>(selectSuspended, ids)).map(toSuspension);
  return accounts.map((account) => {
    const own = jobs.filter((row) => row.account_id === account.accountId);
    const balanceOf = (asset: Asset): AccountBalance => ({
      available:
        balances.find(
          (row) => row.asset === asset && row.account === userAvailable(account.accountId),
        )?.balance ?? zero,
      held: own.find((row) => row.asset === asset)?.held ?? zero,
    });
    return {
      account,
      balances: { SOL: balanceOf('SOL'), USDC: balanceOf('USDC') },
      openJobs: own.reduce((sum, row) => sum + Number(row.jobs_open), 0),
      suspension: suspended.find(({ accountId }) => accountId === account.accountId) ?? null,
    };
  });
}

function toSuspension(record: SuspensionRecord): SuspensionRow {
  const { account_id: accountId, reason } = record;
  return { accountId, reason, sinceMs: Number(record.since_ms) };
}
