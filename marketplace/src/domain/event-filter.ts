import type { EventRow } from '../store/rows.ts';

/** Which events somebody wants and may have. */
export interface EventFilter {
  /** null is the operator's: all of them. */
  accountId: string | null;
  jobId: string | null;
  /** Names, or beginnings that end with a star; null is all. */
  types: readonly string[] | null;
}

export function matchesEvent(filter: EventFilter, event: EventRow): boolean {
  if (filter.accountId !== null && event.accountId !== filter.accountId) return false;
  if (filter.jobId !== null && event.jobId !== filter.jobId) return false;
  return filter.types === null || matchesType(filter.types, event.name);
}

export function matchesType(types: readonly string[], name: string): boolean {
  return types.some((type) =>
    type.endsWith('*') ? name.startsWith(type.slice(0, -1)) : type === name,
  );
}
