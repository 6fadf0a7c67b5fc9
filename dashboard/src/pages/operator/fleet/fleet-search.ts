import type { AdminAgent } from '@node3/shared/routes/admin-agents';

export const fleetStatuses = ['online', 'offline', 'disabled'] as const;
export const fleetViews = ['table', 'cards'] as const;
export const fleetOrders = ['name', 'status', 'provider', 'gpus', 'load', 'jobs', 'trust', 'seen'];

/** What of the fleet is shown, and how. */
export interface FleetSearch {
  q?: string;
  status?: (typeof fleetStatuses)[number];
  provider?: string;
  view?: (typeof fleetViews)[number];
  sort?: string;
}

/** Keeps what is understood of the address and drops the rest. */
export function readFleetSearch(search: Record<string, unknown>): FleetSearch {
  const { q, status, provider, view, sort } = search;
  const known = fleetStatuses.find((name) => name === status);
  const shown = fleetViews.find((name) => name === view);
  const order = typeof sort === 'string' && fleetOrders.includes(sort.replace(/^-/, ''));
  return {
    ...(isText(q) ? { q } : {}),
    ...(known === undefined ? {} : { status: known }),
    ...(isText(provider) ? { provider } : {}),
    ...(shown === undefined ? {} : { view: shown }),
    ...(order ? { sort } : {}),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 64;
}

/** Agents that the filters leave over. */
export function filterFleet(agents: readonly AdminAgent[], search: FleetSearch): AdminAgent[] {
  const wanted = search.q?.toLowerCase();
  return agents.filter((agent) => {
    const texts = [
      agent.name,
      agent.agentId,
      agent.wallet,
      ...agent.devices.map((gpu) => gpu.model),
    ];
    return (
      (search.status === undefined || agent.status === search.status) &&
      (search.provider === undefined || agent.provider === search.provider) &&
      (wanted === undefined || texts.some((text) => text.toLowerCase().includes(wanted)))
    );
  });
}

/** How likely a job that it takes ends well, by what was seen, 0 to 1; null: nothing was yet. */
export function trustOf({ reputation }: AdminAgent): number | null {
  const known = [reputation.completion, reputation.correctness, reputation.availability].filter(
    ({ value }) => value !== null,
  );
  const weight = known.reduce((sum, axis) => sum + axis.weight, 0);
  if (weight === 0) return null;
  return known.reduce((sum, axis) => sum + (axis.value ?? 0) * axis.weight, 0) / weight;
}
