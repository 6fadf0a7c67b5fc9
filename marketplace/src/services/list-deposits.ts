import { limits } from '@node3/shared/limits';
import type { DepositQuery, DepositRow, DepositStore } from '../store/deposit-store.ts';

interface Query {
  limit?: number | undefined;
  cursor?: string | undefined;
}

/** A page of deposits, newest first, and where the next one begins. */
export async function listDeposits(
  { store }: { store: Pick<DepositStore, 'listDeposits'> },
  query: Query,
  of: Pick<DepositQuery, 'accountId' | 'state'>,
): Promise<{ rows: DepositRow[]; nextCursor: string | null }> {
  const limit = query.limit ?? limits.listPageDefault;
  const beforeEntry = query.cursor === undefined ? null : Number(query.cursor);
  const found = await store.listDeposits({ ...of, beforeEntry, limit: limit + 1 });
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, nextCursor: found.length > limit && last ? String(last.entry) : null };
}
