import { type Asset, type BaseUnits, zero } from '@node3/shared/money';
import type Database from 'better-sqlite3';
import { userAvailable } from '../../domain/ledger-accounts.ts';
import type { AccountBalance, AccountOpening, AccountStore } from '../account-store.ts';
import type { AccountRow } from '../rows.ts';
import { toList } from './codec.ts';
import { appendEventsIn, putCapsIn } from './old-style.ts';
import { toReputation } from './sqlite-agent-rows.ts';
import { createSqliteAgentStore } from './sqlite-agent-store.ts';
import { createSqliteApiKeyStore, insertApiKeyIn } from './sqlite-api-key-store.ts';
import { createSqliteChallengeStore } from './sqlite-challenge-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { ledgerBalanceIn } from './sqlite-ledger.ts';
import { statement } from './statement.ts';

interface AccountRecord {
  account_id: string;
  wallet: string | null;
  name: string | null;
  reputation: string | null;
  created_at_ms: bigint;
}

const selectAccount = 'SELECT * FROM accounts WHERE account_id = ?';
const selectAccounts =
  'SELECT * FROM accounts WHERE account_id IN (SELECT value FROM json_each(?))';
const selectWallet = 'SELECT * FROM accounts WHERE wallet = ?';
const selectOperator = 'SELECT * FROM accounts WHERE wallet IS NULL';
const insertAccount =
  'INSERT INTO accounts (account_id, wallet, name, created_at_ms) VALUES (?, ?, ?, ?)';
const countAccounts = 'SELECT count(*) AS count FROM accounts';
const selectHeld = 'SELECT held FROM account_jobs WHERE account_id = ? AND asset = ?';

export function createSqliteAccountStore(sqlite: SqliteDatabase): AccountStore {
  return {
    ...createSqliteChallengeStore(sqlite),
    ...createSqliteAgentStore(sqlite),
    ...createSqliteApiKeyStore(sqlite),

    openAccount(opening) {
      return sqlite.write((db) => openAccountIn(sqlite, db, opening));
    },

    async account(accountId) {
      const found = sqlite.read((db) => statement<AccountRecord>(db, selectAccount).get(accountId));
      return found === undefined ? null : toAccount(found);
    },

    async accountsById(accountIds) {
      const found = sqlite.read((db) =>
        statement<AccountRecord>(db, selectAccounts).all(toList(accountIds)),
      );
      return new Map(found.map((record) => [record.account_id, toAccount(record)]));
    },

    async accountOfWallet(wallet) {
      const found = sqlite.read((db) => statement<AccountRecord>(db, selectWallet).get(wallet));
      return found === undefined ? null : toAccount(found);
    },

    async countAccounts() {
      const found = sqlite.read((db) => statement<{ count: bigint }>(db, countAccounts).get());
      return Number(found?.count ?? 0n);
    },

    async accountBalances(accountId) {
      return sqlite.read((db) => ({
        SOL: accountBalanceIn(db, accountId, 'SOL'),
        USDC: accountBalanceIn(db, accountId, 'USDC'),
      }));
    },
  };
}

/** Opens the account of a wallet, or finds it, inside a write. */
export function openAccountIn(
  sqlite: SqliteDatabase,
  db: Database.Database,
  opening: AccountOpening,
): { account: AccountRow; created: boolean } {
  const { accountId, wallet, name, key, nowMs } = opening;
  const found =
    wallet === null
      ? statement<AccountRecord>(db, selectOperator).get()
      : statement<AccountRecord>(db, selectWallet).get(wallet);
  const account: AccountRow =
    found === undefined
      ? { accountId, wallet, name, reputation: null, createdAtMs: nowMs }
      : toAccount(found);
  if (found === undefined) {
    statement(db, insertAccount).run(accountId, wallet, name, nowMs);
    appendEventsIn(sqlite, db, [
      {
        name: 'account.created',
        atMs: nowMs,
        actor: wallet === null ? 'operator' : 'requester',
        accountId,
        jobId: null,
        executionId: null,
        reason: null,
        data: { wallet },
      },
    ]);
  }
  // The key was made before anybody knew whether the wallet has an account: it belongs to that one.
  const owner = { kind: 'account', accountId: account.accountId } as const;
  if (key !== null) insertApiKeyIn(db, { ...key, owner });
  if (key !== null && opening.keyCaps) putCapsIn(db, key.keyId, opening.keyCaps);
  if (key !== null) {
    appendEventsIn(sqlite, db, [
      {
        name: 'key.created',
        atMs: nowMs,
        actor: 'requester',
        accountId: account.accountId,
        jobId: null,
        executionId: null,
        reason: null,
        // Whoever signs with the wallet gets a key: this is how one signs in here.
        data: { keyId: key.keyId, by: 'wallet', capped: Boolean(opening.keyCaps) },
      },
    ]);
  }
  return { account, created: found === undefined };
}

function accountBalanceIn(db: Database.Database, accountId: string, asset: Asset): AccountBalance {
  const held = statement<{ held: BaseUnits }>(db, selectHeld).get(accountId, asset);
  return {
    available: ledgerBalanceIn(db, userAvailable(accountId), asset),
    held: held?.held ?? zero,
  };
}

function toAccount(record: AccountRecord): AccountRow {
  return {
    accountId: record.account_id,
    wallet: record.wallet,
    name: record.name,
    reputation: toReputation(record.reputation),
    createdAtMs: Number(record.created_at_ms),
  };
}
