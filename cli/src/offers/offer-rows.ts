import type { Asset, Money } from '@node3/shared/money';
import type { GpuOffer } from '@node3/shared/routes/offers';

/** GPUs of one class at one agent; what changes with every heartbeat is left out. */
export interface OfferRow {
  agentId: string;
  agentName: string;
  /** Name of the registered provider. */
  provider: string | null;
  /** null where the provider does not say. */
  region: string | null;
  isolation: string | null;
  model: string;
  modelId: string | null;
  vendor: string;
  memoryBytes: number | null;
  computeCapability: string | null;
  count: number;
  /** No job has them now; null while the agent is not online. */
  free: number | null;
  simulated: boolean;
  label: GpuOffer['label'];
  /** The least that is taken for an hour on one GPU; null takes anything. */
  askPerGpuHour: Money | null;
  online: boolean;
  state: string;
  running: number;
  reliability: number | null;
  ratingMean: number | null;
}

export function rowOf(offer: GpuOffer, asset: Asset): OfferRow {
  return {
    agentId: offer.agentId,
    agentName: offer.agentName,
    provider: offer.provider,
    region: offer.region,
    isolation: offer.isolation,
    model: offer.model,
    modelId: offer.modelId,
    vendor: offer.vendor,
    memoryBytes: offer.memoryBytes,
    computeCapability: offer.computeCapability,
    count: offer.count,
    free: offer.free,
    simulated: offer.simulated,
    label: offer.label,
    askPerGpuHour: offer.ask[asset],
    online: offer.status === 'online',
    state: offer.state,
    running: offer.running,
    reliability: offer.reliability,
    ratingMean: offer.rating.mean,
  };
}
