import { type JobsFilter, readJobsSearch, stateGroups } from './jobs-search.ts';

/** A filter with a name. */
export interface SavedView {
  name: string;
  filter: JobsFilter;
}

/** The part of `Storage` that is needed. */
export type ViewStorage = Pick<Storage, 'getItem' | 'setItem'>;

const storageKey = 'node3.jobViews';
export const viewsMax = 30;
export const viewNameChars = 40;

/** Those that everybody has; their names are texts of the app. */
export const defaultViews = {
  running: { state: 'running' },
  waiting: { state: 'awaiting_funds,queued' },
  failedToday: { state: stateGroups.failed, from: 'today' },
  postedToday: { from: 'today' },
  endedToday: { endedFrom: 'today', endedTo: 'today' },
} as const satisfies Record<string, JobsFilter>;

/** The views of this browser; what is no view any more is left out. */
export function readViews(storage: ViewStorage): SavedView[] {
  let stored: unknown;
  try {
    stored = JSON.parse(storage.getItem(storageKey) ?? '[]');
  } catch {
    // Storage may be switched off, or somebody else's text may be there.
    return [];
  }
  if (!Array.isArray(stored)) return [];
  return stored.slice(0, viewsMax).flatMap((one: unknown) => {
    const { name, filter } = Object(one) as Record<string, unknown>;
    if (typeof name !== 'string' || name.trim() === '') return [];
    const { cursor: _where, ...kept } = readJobsSearch(Object(filter) as Record<string, unknown>);
    return Object.keys(kept).length === 0
      ? []
      : [{ name: name.slice(0, viewNameChars), filter: kept }];
  });
}

/** Puts a view first; one of the same name gives way, and the oldest where there are too many. */
export function withView(views: readonly SavedView[], view: SavedView): SavedView[] {
  return [view, ...withoutView(views, view.name)].slice(0, viewsMax);
}

export function withoutView(views: readonly SavedView[], name: string): SavedView[] {
  return views.filter((view) => view.name !== name);
}

/** @returns whether they are kept: storage may be switched off, or full. */
export function writeViews(storage: ViewStorage, views: readonly SavedView[]): boolean {
  try {
    storage.setItem(storageKey, JSON.stringify(views));
    return true;
  } catch {
    return false;
  }
}
