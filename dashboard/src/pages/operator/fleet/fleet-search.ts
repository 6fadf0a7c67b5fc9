import type { QueryOf } from '@node3/shared/contract';
import {
  type FleetSort,
  type FleetStatus,
  fleetSorts,
  fleetStatuses,
  type listAgents,
} from '@node3/shared/routes/fleet';

export const fleetViews = ['table', 'cards'] as const;

/** What of the fleet is shown, and how. */
export interface FleetSearch {
  q?: string;
  status?: FleetStatus;
  provider?: string;
  view?: (typeof fleetViews)[number];
  sort?: FleetSort;
  cursor?: string;
}

/** Keeps what is understood of the address and drops the rest. */
export function readFleetSearch(search: Record<string, unknown>): FleetSearch {
  const { q, status, provider, view, sort, cursor } = search;
  const known = fleetStatuses.find((name) => name === status);
  const shown = fleetViews.find((name) => name === view);
  const order = fleetSorts.find((name) => name === sort);
  return {
    ...(isText(q, 64) ? { q } : {}),
    ...(known === undefined ? {} : { status: known }),
    ...(isText(provider, 64) ? { provider } : {}),
    ...(shown === undefined ? {} : { view: shown }),
    ...(order === undefined ? {} : { sort: order }),
    ...(isText(cursor, 512) ? { cursor } : {}),
  };
}

function isText(value: unknown, charsMax: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= charsMax;
}

/** What the API is asked for: not the view, nor what else stands in the address, such as a language. */
export function fleetSelection({ q, status, provider, sort }: FleetSearch) {
  return {
    ...(q === undefined ? {} : { q }),
    ...(status === undefined ? {} : { status }),
    ...(provider === undefined ? {} : { provider }),
    ...(sort === undefined ? {} : { sort }),
  } satisfies QueryOf<typeof listAgents>;
}
