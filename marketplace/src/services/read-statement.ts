import { setImmediate } from 'node:timers/promises';
import { limits } from '@node3/shared/limits';
import { type Asset, assets, formatAmount, toMoney } from '@node3/shared/money';
import {
  type StatementKind,
  type StatementLine,
  type StatementType,
  statementKinds,
  statementTypes,
} from '@node3/shared/routes/statements';
import { toTimestamp } from '@node3/shared/schema';
import { movementOf } from '../domain/statement.ts';
import type { StatementRow, StatementStore } from '../store/statement-store.ts';

interface Deps {
  store: StatementStore;
  explorerUrl: (signature: string) => string | null;
}

interface Selection {
  type?: StatementType | undefined;
  asset?: Asset | undefined;
}

/** A page of an account's entries, newest first, and where the next one begins. */
export async function readStatement(
  deps: Deps,
  accountId: string,
  { limit = limits.listPageDefault, cursor, ...selection }: Selection & PageQuery,
): Promise<{ data: StatementLine[]; nextCursor: string | null }> {
  const beforeEntry = cursor === undefined ? null : Number(cursor);
  const of = { accountId, ...readSelection(selection), beforeEntry };
  const found = await deps.store.statement({ ...of, limit: limit + 1 });
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const nextCursor = found.length > limit && last ? String(last.entry) : null;
  return { data: rows.map((row) => viewLine(deps, accountId, row)), nextCursor };
}

interface PageQuery {
  limit?: number | undefined;
  cursor?: string | undefined;
}

/** All entries, newest first, in reads that nobody else has to wait for. */
export async function* exportStatement(
  deps: Deps,
  accountId: string,
  selection: Selection,
  signal: AbortSignal,
): AsyncGenerator<StatementLine[]> {
  const of = { accountId, ...readSelection(selection), limit: limits.listPageMax };
  for (let beforeEntry: number | null = null; !signal.aborted; ) {
    const rows: StatementRow[] = await deps.store.statement({ ...of, beforeEntry });
    yield rows.map((row) => viewLine(deps, accountId, row));
    const last = rows.at(-1);
    if (last === undefined || rows.length < of.limit) return;
    beforeEntry = last.entry;
    await setImmediate();
  }
}

function readSelection({ type, asset }: Selection) {
  const kinds: readonly StatementKind[] =
    type === undefined ? statementKinds : statementTypes[type];
  return { kinds, assets: asset === undefined ? assets : [asset] };
}

function viewLine({ explorerUrl }: Deps, accountId: string, row: StatementRow): StatementLine {
  const { entry, kind, asset, amount, ref, atMs } = row;
  const movement = movementOf(accountId, row);
  const refersTo = refersToOf[kind];
  const signature = refersTo === 'transaction' ? ref : row.payoutSignature;
  return {
    entry,
    at: toTimestamp(atMs),
    kind,
    money: toMoney(amount, asset),
    available: formatAmount(movement.available, asset),
    held: formatAmount(movement.held, asset),
    withdrawing: formatAmount(movement.withdrawing, asset),
    jobId: refersTo === 'job' ? ref : null,
    withdrawalId: refersTo === 'withdrawal' ? ref : null,
    signature,
    explorerUrl: signature === null ? null : explorerUrl(signature),
  };
}

const refersToOf: Record<StatementKind, 'transaction' | 'job' | 'withdrawal' | 'nothing'> = {
  deposit: 'transaction',
  hold: 'job',
  release: 'job',
  capture: 'job',
  fee: 'job',
  withdrawal: 'withdrawal',
  withdrawal_return: 'withdrawal',
  payout: 'withdrawal',
  capital: 'nothing',
};
