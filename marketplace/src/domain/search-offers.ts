import type { QueryOf } from '@node3/shared/contract';
import { limits } from '@node3/shared/limits';
import { fromMoney, parseAmount } from '@node3/shared/money';
import type { GpuOffer, listOffers, OfferFacet, OfferSort } from '@node3/shared/routes/offers';
import { type FacetValues, type Filter, oneOfThem, searchRows } from './faceted-search.ts';
import { compareVersions } from './fit-gpus.ts';
import { isWithin } from './fit-placement.ts';
import { lastKey, type Place, pageOf } from './keyset-page.ts';

/** An offer and what it is the same offer by. */
export interface OfferRow {
  id: string;
  offer: GpuOffer;
}

export type OfferQuery = QueryOf<typeof listOffers>;

const valuesOf: FacetValues<OfferRow, OfferFacet> = {
  gpu: ({ offer }) => [offer.modelId ?? offer.model],
  vendor: ({ offer }) => [offer.vendor],
  framework: ({ offer }) => offer.frameworks,
  region: ({ offer }) => [offer.region],
  isolation: ({ offer }) => [offer.isolation],
  label: ({ offer }) => [offer.label],
  provider: ({ offer }) => [offer.provider],
  status: ({ offer }) => [offer.status],
  hardware: ({ offer }) => [offer.simulated ? 'simulated' : 'real'],
};

/** The offers that fit, one page of them, and counts over all. Throws REQUEST_INVALID. */
export function searchOffers(rows: readonly OfferRow[], query: OfferQuery) {
  const { found, facets } = searchRows(rows, filtersOf(query), valuesOf);
  const { limit = limits.listPageDefault, cursor, sort = 'price' } = query;
  const page = pageOf(found, placeBy(sort, query.asset ?? 'USDC'), { cursor, limit });
  const total = {
    offers: found.length,
    gpus: found.reduce((sum, { offer }) => sum + offer.count, 0),
    agents: new Set(found.map(({ offer }) => offer.agentId)).size,
  };
  return { data: page.data.map(({ offer }) => offer), nextCursor: page.nextCursor, total, facets };
}

function filtersOf(query: OfferQuery): Filter<OfferRow, OfferFacet>[] {
  const { status = 'online' } = query;
  const exact = (
    ['vendor', 'framework', 'isolation', 'label', 'provider', 'hardware'] as const
  ).flatMap((name) => oneOfThem(name, query[name], valuesOf[name]));
  return [
    ...exact,
    ...oneOfThem('status', status, valuesOf.status),
    ...oneOfThem('gpu', query.gpu, ({ offer }: OfferRow) => [offer.modelId, offer.model]),
    ...inRegion(query.region),
    ...boundsOf(query),
  ];
}

function inRegion(text: string | undefined): Filter<OfferRow, OfferFacet>[] {
  if (text === undefined) return [];
  const wanted = text.toLowerCase().split(',');
  const fits = ({ offer: { region } }: OfferRow) =>
    wanted.some((one) => (region === null ? one === 'none' : isWithin(region, one)));
  return [{ facet: 'region', fits }];
}

function boundsOf(query: OfferQuery): Filter<OfferRow, OfferFacet>[] {
  const { agent, asset = 'USDC', computeCapabilityMin, countMin, memoryBytesMin, priceMax } = query;
  const q = query.q?.toLowerCase();
  const most = priceMax === undefined ? null : parseAmount(priceMax, asset);
  const agents = agent?.split(',');
  const all: (((row: OfferRow) => boolean) | null)[] = [
    agents === undefined ? null : ({ offer }) => agents.includes(offer.agentId),
    computeCapabilityMin === undefined
      ? null
      : ({ offer: { computeCapability } }) =>
          computeCapability !== null &&
          compareVersions(computeCapability, computeCapabilityMin) >= 0,
    countMin === undefined ? null : ({ offer }) => offer.count >= countMin,
    memoryBytesMin === undefined
      ? null
      : ({ offer }) => offer.memoryBytes !== null && offer.memoryBytes >= memoryBytesMin,
    most === null ? null : ({ offer }) => askOf(offer, asset) <= most,
    q === undefined ? null : (row) => textOf(row).includes(q),
  ];
  return all.filter((fits) => fits !== null).map((fits) => ({ facet: null, fits }));
}

function textOf({ offer }: OfferRow): string {
  const { agentId, agentName, model, modelId, provider, region } = offer;
  return [agentName, model, modelId, region, provider, agentId].join(' ').toLowerCase();
}

/** 0 takes anything. */
function askOf({ ask }: GpuOffer, asset: 'SOL' | 'USDC'): bigint {
  return ask[asset] === null ? 0n : fromMoney(ask[asset]);
}

/** Shares are compared to six digits. */
const shareUnits = 1e6;

function placeBy(sort: OfferSort, asset: 'SOL' | 'USDC'): (row: OfferRow) => Place {
  const most = (value: number | null) =>
    value === null ? lastKey : -BigInt(Math.round(value * shareUnits));
  const keys: Record<OfferSort, (offer: GpuOffer) => bigint> = {
    price: (offer) => askOf(offer, asset),
    score: ({ score }) => most(score),
    memory: ({ memoryBytes }) => (memoryBytes === null ? lastKey : -BigInt(memoryBytes)),
    reliability: ({ reliability }) => most(reliability),
    rating: ({ rating }) => most(rating.mean),
  };
  return ({ id, offer }) => ({ key: keys[sort](offer), id });
}
