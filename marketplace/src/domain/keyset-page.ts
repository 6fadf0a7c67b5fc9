import { MarketError } from '@node3/shared/error';

/** Where a row stands in an order, smallest first; the id decides between equal keys. */
export interface Place {
  key: bigint;
  id: string;
}

/** Larger than any key that is known: what is unknown comes last. */
export const lastKey = 1n << 80n;

/**
 * One page of rows in their order, after the place that a cursor names, which may be gone by now.
 * Throws REQUEST_INVALID for a cursor that is none.
 */
export function pageOf<Row>(
  rows: readonly Row[],
  placeOf: (row: Row) => Place,
  { cursor, limit }: { cursor: string | undefined; limit: number },
): { data: Row[]; nextCursor: string | null } {
  const after = cursor === undefined ? null : readCursor(cursor);
  const placed = rows
    .map((row) => ({ row, place: placeOf(row) }))
    .filter(({ place }) => after === null || compare(place, after) > 0)
    .toSorted((a, b) => compare(a.place, b.place));
  const shown = placed.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor = placed.length > limit && last !== undefined ? writeCursor(last.place) : null;
  return { data: shown.map(({ row }) => row), nextCursor };
}

function compare(a: Place, b: Place): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

function writeCursor({ key, id }: Place): string {
  return Buffer.from(`${key} ${id}`).toString('base64url');
}

function readCursor(cursor: string): Place {
  const found = /^(-?\d{1,80}) (.+)$/.exec(Buffer.from(cursor, 'base64url').toString());
  const [, key, id] = found ?? [];
  if (key !== undefined && id !== undefined) return { key: BigInt(key), id };
  const detail = 'is no cursor; take nextCursor of the page before, or leave it out';
  throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/cursor', detail }] });
}
