import { type Asset, type BaseUnits, zero } from '@node3/shared/money';
import { userAvailable } from '../../domain/ledger-accounts.ts';
import type { AccountBalance, AccountOpening, AccountStore } from '../account-store.ts';
import type { AccountRow } from '../rows.ts';
import { toReputation } from './agent-rows.ts';
import { createAgentStore } from './agent-store.ts';
import { createApiKeyStore, insertApiKeyIn } from './api-key-store.ts';
import { putCapsIn } from './cap-store.ts';
import { createChallengeStore } from './challenge-store.ts';
import { inTexts, toList } from './codec.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import { ledgerBalanceIn } from './ledger.ts';
import type { Tx, Work } from './work.ts';

export interface AccountRecord {
  account_id: string;
  wallet: string | null;
  name: string | null;
  reputation: string | null;
  created_at_ms: bigint;
}

const selectAccount = 'SELECT * FROM accounts WHERE account_id = ?';
const selectAccounts = `SELECT * FROM accounts WHERE account_id ${inTexts}`;
const selectWallet = 'SELECT * FROM accounts WHERE wallet = ?';
const selectOperator = 'SELECT * FROM accounts WHERE wallet IS NULL';
const insertAccount =
  'INSERT INTO accounts (account_id, wallet, name, created_at_ms) VALUES (?, ?, ?, ?)';
const countAccounts = 'SELECT count(*) AS count FROM accounts';
const selectHeld = 'SELECT held FROM account_jobs WHERE account_id = ? AND asset = ?';

export function createAccountStore(database: Database): AccountStore {
  return {
    ...createChallengeStore(database),
    ...createAgentStore(database),
    ...createApiKeyStore(database),

    openAccount(opening) {
      return database.write((tx) => openAccountIn(tx, opening));
    },

    async account(accountId) {
      const found = await database.read((tx) => tx.get<AccountRecord>(selectAccount, accountId));
      return found === undefined ? null : toAccount(found);
    },

    async accountsById(accountIds) {
      const found = await database.read((tx) =>
        tx.all<AccountRecord>(selectAccounts, toList(accountIds)),
      );
      return new Map(found.map((record) => [record.account_id, toAccount(record)]));
    },

    async accountOfWallet(wallet) {
      const found = await database.read((tx) => tx.get<AccountRecord>(selectWallet, wallet));
      return found === undefined ? null : toAccount(found);
    },

    async countAccounts() {
      const found = await database.read((tx) => tx.get<{ count: bigint }>(countAccounts));
      return Number(found?.count ?? 0n);
    },

    accountBalances(accountId) {
      return database.read(function* (tx) {
        return {
          SOL: yield* accountBalanceIn(tx, accountId, 'SOL'),
          USDC: yield* accountBalanceIn(tx, accountId, 'USDC'),
        };
      });
    },
  };
}

/** Opens the account of a wallet, or finds it, inside a write. */
export function* openAccountIn(
  tx: Tx,
  opening: AccountOpening,
): Work<{ account: AccountRow; created: boolean }> {
  const { accountId, wallet, name, key, nowMs } = opening;
  const found =
    wallet === null
      ? yield* tx.get<AccountRecord>(selectOperator)
      : yield* tx.get<AccountRecord>(selectWallet, wallet);
  const account: AccountRow =
    found === undefined
      ? { accountId, wallet, name, reputation: null, createdAtMs: nowMs }
      : toAccount(found);
  if (found === undefined) {
    yield* tx.post(insertAccount, accountId, wallet, name, nowMs);
    yield* appendEventsIn(tx, [
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
  if (key !== null) yield* insertApiKeyIn(tx, { ...key, owner });
  if (key !== null && opening.keyCaps) yield* putCapsIn(tx, key.keyId, opening.keyCaps);
  if (key !== null) {
    yield* appendEventsIn(tx, [
      {
        name: key.kind === 'session' ? 'session.opened' : 'key.created',
        atMs: nowMs,
        actor: 'requester',
        accountId: account.accountId,
        jobId: null,
        executionId: null,
        reason: null,
        // Whoever signs with the wallet gets a key: this is how one signs in here.
        data:
          key.kind === 'session'
            ? { sessionId: key.keyId, client: key.name }
            : { keyId: key.keyId, by: 'wallet', capped: Boolean(opening.keyCaps) },
      },
    ]);
  }
  return { account, created: found === undefined };
}

function* accountBalanceIn(tx: Tx, accountId: string, asset: Asset): Work<AccountBalance> {
  const held = yield* tx.get<{ held: BaseUnits }>(selectHeld, accountId, asset);
  return {
    available: yield* ledgerBalanceIn(tx, userAvailable(accountId), asset),
    held: held?.held ?? zero,
  };
}

export function toAccount(record: AccountRecord): AccountRow {
  return {
    accountId: record.account_id,
    wallet: record.wallet,
    name: record.name,
    reputation: toReputation(record.reputation),
    createdAtMs: Number(record.created_at_ms),
  };
}
