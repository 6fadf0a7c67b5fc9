import { limits } from '@node3/shared/limits';
import type { FacetValue } from '@node3/shared/routes/market-parts';

/** A filter; the values of its own facet are counted without it. */
export interface Filter<Row, Name extends string> {
  facet: Name | null;
  fits: (row: Row) => boolean;
}

export type FacetValues<Row, Name extends string> = Readonly<
  Record<Name, (row: Row) => readonly (string | null)[]>
>;

/** Rows that fit every filter, and for each facet how many fit all the filters but its own. */
export function searchRows<Row, Name extends string>(
  rows: readonly Row[],
  filters: readonly Filter<Row, Name>[],
  values: FacetValues<Row, Name>,
): { found: Row[]; facets: Record<Name, FacetValue[]> } {
  const names = Object.keys(values) as Name[];
  const counts = new Map(names.map((name) => [name, new Map<string | null, number>()]));
  const found: Row[] = [];
  for (const row of rows) {
    const failed = filters.filter(({ fits }) => !fits(row));
    if (failed.length === 0) found.push(row);
    for (const name of names) {
      if (failed.some(({ facet }) => facet !== name)) continue;
      const counted = counts.get(name);
      for (const value of new Set(values[name](row))) {
        counted?.set(value, (counted.get(value) ?? 0) + 1);
      }
    }
  }
  const listed = names.map((name) => [name, valuesOf(counts.get(name) ?? new Map())] as const);
  return { found, facets: Object.fromEntries(listed) as Record<Name, FacetValue[]> };
}

function valuesOf(counts: ReadonlyMap<string | null, number>): FacetValue[] {
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .toSorted((a, b) => b.count - a.count || ((a.value ?? '') < (b.value ?? '') ? -1 : 1))
    .slice(0, limits.facetValuesMax);
}

/** How null is written in a filter. */
const nobodySays = 'none';

/** A filter by a list of values with commas between them; `none` is null. */
export function oneOfThem<Row, Name extends string>(
  facet: Name,
  text: string | undefined,
  valuesOfRow: (row: Row) => readonly (string | null)[],
): Filter<Row, Name>[] {
  if (text === undefined) return [];
  const wanted = new Set(text.toLowerCase().split(','));
  return [
    {
      facet,
      fits: (row) =>
        valuesOfRow(row).some((value) => wanted.has(value?.toLowerCase() ?? nobodySays)),
    },
  ];
}
