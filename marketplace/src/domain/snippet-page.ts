import type { QueryOf } from '@node3/shared/contract';
import type { listSnippets } from '@node3/shared/routes/snippets';
import type { SnippetListing } from '../store/snippet-store.ts';

export type SnippetQuery = QueryOf<typeof listSnippets>;

/**
 * The snippets that are wanted, from the one after the cursor on. All of those that an account may have
 * are few enough to be sorted here. A cursor that is gone, or not listed any more, begins anew.
 */
export function pageOfSnippets(
  rows: readonly SnippetListing[],
  query: SnippetQuery,
  limit: number,
): { page: SnippetListing[]; nextCursor: string | null } {
  const found = rows.filter((row) => fits(row, query)).toSorted(orders[query.sort ?? '-updatedAt']);
  const start = found.findIndex(({ snippetId }) => snippetId === query.cursor) + 1;
  const page = found.slice(start, start + limit);
  const hasMore = start + limit < found.length;
  return { page, nextCursor: hasMore ? (page.at(-1)?.snippetId ?? null) : null };
}

function fits({ name, description, language }: SnippetListing, query: SnippetQuery): boolean {
  if (query.name !== undefined && query.name !== name) return false;
  if (query.language !== undefined && query.language !== language) return false;
  if (query.q === undefined) return true;
  const text = `${name}\n${description ?? ''}`.toLowerCase();
  return text.includes(query.q.toLowerCase());
}

type Order = (a: SnippetListing, b: SnippetListing) => number;

const byId: Order = (a, b) => compare(a.snippetId, b.snippetId);
const byName: Order = (a, b) => compare(a.name, b.name) || byId(a, b);
const byUpdate: Order = (a, b) => a.updatedAtMs - b.updatedAtMs || byId(a, b);
const turned =
  (order: Order): Order =>
  (a, b) =>
    order(b, a);

/** An id begins with the time at which it was made. */
const orders: Record<NonNullable<SnippetQuery['sort']>, Order> = {
  name: byName,
  createdAt: byId,
  '-createdAt': turned(byId),
  updatedAt: byUpdate,
  '-updatedAt': turned(byUpdate),
};

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
