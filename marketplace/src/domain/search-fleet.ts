import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import type { FleetOrder, FleetSort, FleetStatus } from '@node3/shared/routes/fleet';
import { type FacetValues, type Filter, searchRows } from './faceted-search.ts';

/** What an agent is found and ordered by. */
export interface FleetRow {
  agentId: string;
  name: string;
  wallet: string;
  status: FleetStatus;
  state: string;
  provider: string;
  models: readonly string[];
  running: number;
  slots: number | null;
  jobsSucceeded: number;
  trust: number | null;
  /** null: it was never heard of. */
  lastSeenAtMs: number | null;
}

export interface FleetQuery {
  q?: string;
  status?: FleetStatus;
  provider?: string;
  sort?: FleetSort;
  limit?: number;
  cursor?: string;
}

type SortKey = string | number | null;
type Place = readonly [key: SortKey, agentId: string];

const valuesOf: FacetValues<FleetRow, 'status' | 'provider'> = {
  status: ({ status }) => [status],
  provider: ({ provider }) => [provider],
};

/** Those that fit, one page of them, and counts over all. Throws REQUEST_INVALID. Pure. */
export function searchFleet<Row extends FleetRow>(rows: readonly Row[], query: FleetQuery) {
  const { found, facets } = searchRows<Row, 'status' | 'provider'>(
    rows,
    filtersOf(query),
    valuesOf,
  );
  const { limit = limits.listPageDefault, cursor, sort = '-seen' } = query;
  const placeOf = placeBy(sort);
  const compare = compareBy(sort);
  const after = cursor === undefined ? null : readCursor(cursor);
  const rest = found
    .map((row) => ({ row, place: placeOf(row) }))
    .filter(({ place }) => after === null || compare(place, after) > 0)
    .toSorted((a, b) => compare(a.place, b.place));
  const last = rest.length > limit ? rest[limit - 1] : undefined;
  return {
    rows: rest.slice(0, limit).map(({ row }) => row),
    nextCursor: last === undefined ? null : writeCursor(last.place),
    total: { found: found.length, agents: rows.length },
    facets,
  };
}

/** All that fit, in their order. Pure. */
export function sortFleet<Row extends FleetRow>(rows: readonly Row[], query: FleetQuery): Row[] {
  const { cursor: _cursor, ...selection } = query;
  return searchFleet(rows, { ...selection, limit: rows.length }).rows;
}

function filtersOf(query: FleetQuery): Filter<FleetRow, 'status' | 'provider'>[] {
  const { status, provider } = query;
  const wanted = query.q?.toLowerCase();
  return [
    ...(status === undefined
      ? []
      : [{ facet: 'status' as const, fits: (row: FleetRow) => row.status === status }]),
    ...(provider === undefined
      ? []
      : [{ facet: 'provider' as const, fits: (row: FleetRow) => row.provider === provider }]),
    ...(wanted === undefined
      ? []
      : [{ facet: null, fits: (row: FleetRow) => textOf(row).includes(wanted) }]),
  ];
}

function textOf({ name, agentId, wallet, models }: FleetRow): string {
  return [name, agentId, wallet, ...models].join('\n').toLowerCase();
}

/**
 * All that are online were seen now: by the second in which each spoke last they would change places
 * while somebody turns the pages.
 */
const seenNow = Number.MAX_SAFE_INTEGER;

const keys: Record<FleetOrder, (row: FleetRow) => SortKey> = {
  name: ({ name }) => name,
  status: ({ status, state }) => `${status} ${state}`,
  provider: ({ provider }) => provider,
  gpus: ({ models }) => models.length,
  load: ({ running, slots }) => (slots === null || slots === 0 ? null : running / slots),
  jobs: ({ jobsSucceeded }) => jobsSucceeded,
  trust: ({ trust }) => trust,
  seen: ({ status, lastSeenAtMs }) => (status === 'online' ? seenNow : lastSeenAtMs),
};

function placeBy(sort: FleetSort): (row: FleetRow) => Place {
  const keyOf = keys[sort.replace(/^-/, '') as FleetOrder];
  return (row) => [keyOf(row), row.agentId];
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** What is unknown comes last both ways; the id decides between equal keys. */
function compareBy(sort: FleetSort): (a: Place, b: Place) => number {
  const way = sort.startsWith('-') ? -1 : 1;
  return ([a, aId], [b, bId]) => {
    const byKey = a === null || b === null ? nullsLast(a, b) : way * compareKeys(a, b);
    if (byKey !== 0) return byKey;
    if (aId === bId) return 0;
    return aId < bId ? -1 : 1;
  };
}

function nullsLast(a: SortKey, b: SortKey): number {
  return Number(a === null) - Number(b === null);
}

function compareKeys(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return collator.compare(String(a), String(b));
}

function writeCursor(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function readCursor(cursor: string): Place {
  const place = parse(Buffer.from(cursor, 'base64url').toString());
  if (Array.isArray(place) && place.length === 2) {
    const [key, id] = place as unknown[];
    const isKey = key === null || typeof key === 'string' || typeof key === 'number';
    if (isKey && typeof id === 'string') return [key, id];
  }
  const detail = 'is no cursor; take nextCursor of the page before, or leave it out';
  throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/cursor', detail }] });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
