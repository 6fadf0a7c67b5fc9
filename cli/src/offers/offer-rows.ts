import type { GpuRequirement } from '@node3/shared/job-spec';
import { type Asset, fromMoney, type Money } from '@node3/shared/money';
import type { PublicAgent } from '@node3/shared/routes/marketplace';

/** GPUs of one class at one agent. */
export interface OfferRow {
  agentId: string;
  agentName: string;
  /** null where the provider does not say. */
  region: string | null;
  model: string;
  modelId: string | null;
  vendor: string;
  memoryBytes: number | null;
  count: number;
  simulated: boolean;
  /** The least that is taken for an hour on one GPU; null takes anything. */
  askPerGpuHour: Money | null;
  online: boolean;
  state: string;
  running: number;
  ratingMean: number | null;
}

export const offerOrders = ['price', 'memory', 'rating'] as const;

export type OfferOrder = (typeof offerOrders)[number];

/** The GPUs of an agent, by their classes. */
export function offersOf(agent: PublicAgent, asset: Asset): OfferRow[] {
  const rows = new Map<string, OfferRow>();
  for (const device of agent.devices) {
    const known = rows.get(device.model);
    if (known !== undefined) {
      known.count += 1;
      continue;
    }
    const asks = agent.deviceAsks.find(({ deviceId }) => deviceId === device.id);
    rows.set(device.model, {
      agentId: agent.agentId,
      agentName: agent.name,
      region: agent.region,
      model: device.model,
      modelId: device.modelId,
      vendor: device.vendor,
      memoryBytes: device.memoryBytes,
      count: 1,
      simulated: device.simulated,
      askPerGpuHour: asks?.[asset] ?? null,
      online: agent.status === 'online',
      state: agent.state,
      running: agent.running,
      ratingMean: agent.rating.mean,
    });
  }
  return [...rows.values()];
}

/** What can be told of a whole class; a framework and a capability only the match knows. */
export function fits(gpu: GpuRequirement, row: OfferRow): boolean {
  return (
    row.count >= gpu.count &&
    (gpu.vendor === undefined || gpu.vendor === row.vendor) &&
    (gpu.models === undefined || (row.modelId !== null && gpu.models.includes(row.modelId))) &&
    (gpu.memoryBytesMin === undefined || (row.memoryBytes ?? 0) >= gpu.memoryBytesMin)
  );
}

export function isWithin(most: Money | null, { askPerGpuHour: ask }: OfferRow): boolean {
  return most === null || ask === null || fromMoney(ask) <= fromMoney(most);
}

export function compareOffers(order: OfferOrder, one: OfferRow, other: OfferRow): number {
  if (order === 'memory') return (other.memoryBytes ?? 0) - (one.memoryBytes ?? 0);
  if (order === 'rating') return (other.ratingMean ?? 0) - (one.ratingMean ?? 0);
  const [least, more] = [one, other].map(({ askPerGpuHour: ask }) =>
    ask === null ? 0n : fromMoney(ask),
  );
  if (least === undefined || more === undefined || least === more) return 0;
  return least < more ? -1 : 1;
}
