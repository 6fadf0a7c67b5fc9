import type { Clock } from '@node3/shared/clock';
import type { QueryOf, ReplyOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import { pricePoints, pricePointsSeen } from '@node3/shared/gpu/catalog/price-points';
import { modelById } from '@node3/shared/gpu/normalise-model';
import { type Asset, assets, fromMoney, toMoney } from '@node3/shared/money';
import type {
  getPriceHistory,
  listPriceClasses,
  PriceClass,
  PriceDay,
  PriceReference,
} from '@node3/shared/routes/prices';
import { toTimestamp } from '@node3/shared/schema';
import {
  classOfDevices,
  type GpuClass,
  PriceTally,
  type Spread,
  tallyKey,
} from '../domain/price-history.ts';
import type { OfferRow } from '../domain/search-offers.ts';
import { dayOf } from '../domain/spending-caps.ts';
import type { DayPrices, PriceDays } from './price-days.ts';

interface Deps {
  clock: Clock;
  priceDays: Pick<PriceDays, 'read'>;
  readOffers: () => Promise<readonly OfferRow[]>;
}

const dayMs = 86_400_000;
const daysUsual = 30;

/** Every class that is offered now or was paid for, those with the most GPUs first. */
export async function listClasses(deps: Deps): Promise<ReplyOf<typeof listPriceClasses>> {
  const [days, offers] = await Promise.all([deps.priceDays.read(), deps.readOffers()]);
  const now = asksOf(offers);
  const jobs = new Map<string, number>();
  for (const { prices } of days) {
    for (const [key, price] of prices) jobs.set(key, (jobs.get(key) ?? 0) + price.jobs);
  }
  const classes = new Map([...now.gpus.keys(), ...jobs.keys()].map((key) => readKey(key)));
  const data = [...classes.values()].map((gpuClass) => viewClass(gpuClass, now, jobs));
  const size = ({ now: { USDC } }: PriceClass) => USDC.gpus + USDC.gpusAnyPrice;
  return {
    ...periodOf(deps, days),
    data: data.toSorted((a, b) => size(b) - size(a) || (a.gpu < b.gpu ? -1 : 1)),
    jobsWithoutClass: days.reduce((sum, { unclassed }) => sum + unclassed, 0),
  };
}

/** Throws REQUEST_INVALID for a model that is not in the catalogue. */
export async function readPriceHistory(
  deps: Deps,
  gpu: string,
  query: QueryOf<typeof getPriceHistory>,
): Promise<ReplyOf<typeof getPriceHistory>> {
  if (modelById(gpu) === null) {
    const detail =
      'is no model of the catalogue; GET /api/v1/marketplace/prices lists those there are';
    throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/gpu', detail }] });
  }
  const { asset = 'USDC', days: count = daysUsual, hardware = 'real' } = query;
  const gpuClass = { gpu, simulated: hardware === 'simulated' };
  const [read, offers] = await Promise.all([deps.priceDays.read(), deps.readOffers()]);
  const days = read.slice(0, count);
  const now = asksOf(offers);
  return {
    ...viewName(gpuClass),
    asset,
    ...periodOf(deps, days),
    days: days.toReversed().flatMap((day) => viewDay(day, gpuClass, asset)),
    now: viewAsks(gpuClass, asset, now),
    reference: referenceOf(gpu),
  };
}

interface Asks {
  /** By `tallyKey`, of GPUs that ask for something. */
  spreads: ReturnType<PriceTally['sumUp']>;
  /** All GPUs of online agents. */
  gpus: Map<string, number>;
}

function asksOf(offers: readonly OfferRow[]): Asks {
  const tally = new PriceTally();
  const gpus = new Map<string, number>();
  for (const { offer } of offers) {
    const gpuClass = classOfDevices([offer]);
    if (offer.status !== 'online' || gpuClass === null) continue;
    for (const asset of assets) {
      const key = tallyKey(gpuClass, asset);
      gpus.set(key, (gpus.get(key) ?? 0) + offer.count);
      const ask = offer.ask[asset];
      if (ask !== null) tally.add(gpuClass, asset, fromMoney(ask), offer.count);
    }
  }
  return { spreads: tally.sumUp(), gpus };
}

function readKey(key: string): [name: string, gpuClass: GpuClass] {
  const [gpu = '', hardware = ''] = key.split(' ');
  return [`${gpu} ${hardware}`, { gpu, simulated: hardware === 'simulated' }];
}

function viewClass(gpuClass: GpuClass, now: Asks, jobs: ReadonlyMap<string, number>): PriceClass {
  const count = (asset: Asset) => jobs.get(tallyKey(gpuClass, asset)) ?? 0;
  return {
    ...viewName(gpuClass),
    now: { SOL: viewAsks(gpuClass, 'SOL', now), USDC: viewAsks(gpuClass, 'USDC', now) },
    jobs: { SOL: count('SOL'), USDC: count('USDC') },
    reference: referenceOf(gpuClass.gpu),
  };
}

function viewName({ gpu, simulated }: GpuClass) {
  return { gpu, name: modelById(gpu)?.name ?? gpu, simulated };
}

function viewAsks(gpuClass: GpuClass, asset: Asset, { spreads, gpus }: Asks) {
  const key = tallyKey(gpuClass, asset);
  const found = spreads.get(key);
  const asking = found?.jobs ?? 0;
  return {
    gpus: asking,
    gpusAnyPrice: (gpus.get(key) ?? 0) - asking,
    asks: found === undefined ? null : viewSpread(found.spread, asset),
  };
}

function viewDay(day: DayPrices, gpuClass: GpuClass, asset: Asset): PriceDay[] {
  const found = day.prices.get(tallyKey(gpuClass, asset));
  if (found === undefined) return [];
  return [{ day: dateOf(day.day), jobs: found.jobs, price: viewSpread(found.spread, asset) }];
}

function viewSpread({ high, low, median, quarter, threeQuarters }: Spread, asset: Asset) {
  const view = (price: bigint) => toMoney(price, asset);
  return {
    low: view(low),
    quarter: view(quarter),
    median: view(median),
    threeQuarters: view(threeQuarters),
    high: view(high),
  };
}

function periodOf({ clock }: Pick<Deps, 'clock'>, days: readonly DayPrices[]) {
  const first = days.at(-1);
  const from = first === undefined ? null : dateOf(first.day);
  return { from, to: dateOf(dayOf(clock.nowMs())) };
}

function referenceOf(gpu: string): PriceReference | null {
  const points = Object.hasOwn(pricePoints, gpu) ? (pricePoints[gpu] ?? []) : [];
  const median = points[Math.ceil(points.length / 2) - 1];
  const [low] = points;
  const high = points.at(-1);
  if (low === undefined || median === undefined || high === undefined) return null;
  return { currency: 'USD', low, median, high, offers: points.length, seen: pricePointsSeen };
}

function dateOf(day: number): string {
  return toTimestamp(day * dayMs).slice(0, 'yyyy-mm-dd'.length);
}
