import { assert } from '@node3/shared/assert';
import { MarketError } from '@node3/shared/error';
import { type Asset, type BaseUnits, baseUnits, formatAmount } from '@node3/shared/money';
import { type LedgerSide, ledgerClassOf, normalSides } from '../../domain/ledger-accounts.ts';
import { statementOf } from '../../domain/statement.ts';
import { ledgerGenesis, ledgerHash } from '../ledger-hash.ts';
import type { Transfer } from '../rows.ts';
import type { LedgerHead } from './pending-totals.ts';
import type { Tx, Work } from './work.ts';

interface TransferRecord {
  debit: string;
  credit: string;
  asset: string;
  amount: bigint;
  kind: string;
  ref: string;
}

interface BalanceRecord {
  debits: bigint;
  credits: bigint;
}

const selectTransfer =
  'SELECT debit, credit, asset, amount, kind, ref FROM transfers WHERE transfer_id = ?';
const insertTransfer = `
  INSERT INTO transfers
    (entry, transfer_id, debit, credit, asset, amount, kind, ref, at_ms, hash, account_id)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (transfer_id) DO NOTHING`;
const selectHead = 'SELECT entry, hash FROM transfers ORDER BY entry DESC LIMIT 1';
const selectBalance = 'SELECT debits, credits FROM balances WHERE account = ? AND asset = ?';
const addToBalance =
  'UPDATE balances SET debits = debits + ?, credits = credits + ? WHERE account = ? AND asset = ?';
/** Takes only what is there, in the one statement that changes it. */
const takeFrom = {
  debit: `${addToBalance} AND debits - credits >= ?`,
  credit: `${addToBalance} AND credits - debits >= ?`,
} satisfies Record<LedgerSide, string>;
/**
 * A row to add to: nobody has to wait for whether there was one. Not an upsert: SQLite checks the
 * row that would be inserted first, which alone may be negative.
 */
const openBalance = `
  INSERT INTO balances (debits, credits, account, asset, side) VALUES (0, 0, ?, ?, ?)
  ON CONFLICT (account, asset) DO NOTHING`;

const ledgerSides: readonly LedgerSide[] = ['debit', 'credit'];

/**
 * Posts transfers in order, inside a write. One that is stored already with the same content is
 * skipped. Throws FUNDS_INSUFFICIENT before a balance would become negative; the caller must let
 * it out of the write, so that what was posted before it is rolled back too.
 */
export function* postTransfersIn(
  tx: Tx,
  transfers: readonly Transfer[],
  nowMs: number,
): Work<void> {
  const pending = tx.pending;
  for (const transfer of transfers) {
    const head = pending.head ?? (yield* ledgerHeadIn(tx));
    const entry = head.entry + 1;
    const hash = ledgerHash(head.hash, { ...transfer, entry, atMs: nowMs });
    const { transferId, debit, credit, asset, amount, kind, ref } = transfer;
    const owner = statementOf(transfer);
    const values = [transferId, debit, credit, asset, amount, kind, ref, nowMs, hash, owner];
    if ((yield* tx.run(insertTransfer, entry, ...values)) === 0) {
      yield* assertStored(tx, transfer);
      continue;
    }
    pending.head = { entry, hash };
    for (const on of ledgerSides) {
      const { account, side, moved, isTaking } = movementOf(transfer, on);
      const sums = [moved.debits, moved.credits, account, asset];
      if (isTaking) {
        const taken = yield* tx.run(takeFrom[side], ...sums, amount);
        if (taken === 0) throw yield* insufficient(tx, account, asset, amount);
      } else {
        yield* tx.post(openBalance, account, asset, side);
        yield* tx.post(addToBalance, ...sums);
      }
      pending.add(moved);
    }
  }
}

export function* ledgerHeadIn(tx: Tx): Work<LedgerHead> {
  const found = yield* tx.get<{ entry: bigint; hash: Buffer }>(selectHead);
  if (found === undefined) return { entry: 0, hash: ledgerGenesis };
  return { entry: Number(found.entry), hash: found.hash };
}

/** The balance on the account's normal side. */
export function* ledgerBalanceIn(tx: Tx, account: string, asset: Asset): Work<BaseUnits> {
  const record = yield* tx.get<BalanceRecord>(selectBalance, account, asset);
  if (record === undefined) return baseUnits(0n);
  return balanceOn(normalSides[ledgerClassOf(account)], record);
}

export function balanceOn(side: LedgerSide, record: BalanceRecord): BaseUnits {
  const difference = record.debits - record.credits;
  return baseUnits(side === 'debit' ? difference : -difference);
}

function* assertStored(tx: Tx, transfer: Transfer): Work<void> {
  const stored = yield* tx.get<TransferRecord>(selectTransfer, transfer.transferId);
  const same =
    stored?.debit === transfer.debit &&
    stored.credit === transfer.credit &&
    stored.asset === transfer.asset &&
    stored.amount === transfer.amount &&
    stored.kind === transfer.kind &&
    stored.ref === transfer.ref;
  assert(same, `transfer ${transfer.transferId} is stored with other content`);
}

/** What a transfer does on one of its sides. Only what takes from a balance can be refused. */
function movementOf(transfer: Transfer, on: LedgerSide) {
  const { asset, amount } = transfer;
  const account = transfer[on];
  const ledgerClass = ledgerClassOf(account);
  const side = normalSides[ledgerClass];
  const debits = on === 'debit' ? amount : 0n;
  const credits = on === 'credit' ? amount : 0n;
  return {
    account,
    side,
    isTaking: side !== on,
    moved: { ledgerClass, asset, side, debits, credits },
  };
}

function* insufficient(
  tx: Tx,
  account: string,
  asset: Asset,
  amount: BaseUnits,
): Work<MarketError> {
  const balance = yield* ledgerBalanceIn(tx, account, asset);
  const needed = formatAmount(amount, asset);
  const missing = formatAmount(amount - balance, asset);
  const available = formatAmount(balance, asset);
  const detail = `This needs ${needed} ${asset}, and ${available} are available; ${missing} are missing.`;
  return new MarketError('FUNDS_INSUFFICIENT', {
    detail,
    asset,
    balance: available,
    needed,
    missing,
  });
}
