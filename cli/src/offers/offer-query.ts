import type { QueryOf } from '@node3/shared/contract';
import { findModel } from '@node3/shared/gpu/normalise-model';
import type { GpuRequirement } from '@node3/shared/job-spec';
import type { Asset } from '@node3/shared/money';
import { type listOffers, offerSorts, offerStatuses } from '@node3/shared/routes/offers';
import { choose } from '../parse/choose.ts';
import { parseGpuSpec } from '../parse/gpu-spec.ts';
import { parseAsset, parseMoney } from '../parse/money.ts';

export interface OfferFilterOptions {
  gpu?: string;
  maxPrice?: string;
  asset: string;
  order: string;
  search?: string;
  region?: string;
  isolation?: string;
  provider?: string;
  agent?: string;
  measured?: boolean;
  hardware?: boolean;
  all?: boolean;
}

export type OfferQuery = QueryOf<typeof listOffers> & { asset: Asset };

/** What the marketplace is asked: it filters and sorts, over all that is offered. */
export function offerQueryOf(options: OfferFilterOptions): OfferQuery {
  const { agent, all, gpu, hardware, isolation, maxPrice, measured, provider, region, search } =
    options;
  const most = maxPrice === undefined ? null : parseMoney('--max-price', maxPrice, options.asset);
  return {
    asset: most?.asset ?? parseAsset(options.asset),
    sort: choose('--order', options.order, offerSorts),
    ...(most !== null && { priceMax: most.amount }),
    ...(gpu !== undefined && gpuFilters(parseGpuSpec(gpu))),
    ...(search !== undefined && { q: search }),
    ...(region !== undefined && { region }),
    ...(isolation !== undefined && { isolation }),
    ...(provider !== undefined && { provider }),
    ...(agent !== undefined && { agent }),
    ...(measured === true && { label: 'measured' }),
    ...(hardware === true && { hardware: 'real' }),
    ...(all === true && { status: offerStatuses.join(',') }),
  };
}

function gpuFilters(gpu: GpuRequirement): Partial<OfferQuery> {
  const { computeCapabilityMin, count, framework, memoryBytesMin, models, vendor } = gpu;
  return {
    ...(count > 1 && { countMin: count }),
    ...(vendor !== undefined && { vendor }),
    ...(framework !== undefined && { framework }),
    ...(models !== undefined && { gpu: [...new Set(models.flatMap(idsOf))].join(',') }),
    ...(memoryBytesMin !== undefined && { memoryBytesMin }),
    ...(computeCapabilityMin !== undefined && { computeCapabilityMin }),
  };
}

/** A family such as `a100` is all its models, as in a job; a name that no catalogue knows stays. */
function idsOf(name: string): string[] {
  const { candidates } = findModel({ name, memoryBytes: null, pciModel: null });
  return candidates.length === 0 ? [name] : candidates;
}
