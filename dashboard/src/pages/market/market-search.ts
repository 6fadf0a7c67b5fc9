import type { QueryOf } from '@node3/shared/contract';
import type { listPublicJobs } from '@node3/shared/routes/marketplace';
import type { listOffers } from '@node3/shared/routes/offers';

export const marketTabs = ['jobs', 'compute', 'prices'] as const;
export type MarketTab = (typeof marketTabs)[number];

/** Fields that leave something out. */
export const filterFields = [
  'q',
  'state',
  'workload',
  'framework',
  'gpu',
  'label',
  'hardware',
  'vendor',
  'region',
  'isolation',
  'proof',
  'provider',
  'status',
  'rewardMin',
  'rewardMax',
  'priceMax',
  'memory',
  'count',
] as const;
export type FilterField = (typeof filterFields)[number];

/** How it is shown, and where. */
const viewFields = ['asset', 'days', 'sort', 'view', 'job', 'cursor'] as const;
const textFields = [...filterFields, ...viewFields];
export type MarketField = (typeof textFields)[number];

/** What the address of the market says; each tab reads the fields that it knows. */
export type MarketSearch = { tab?: MarketTab } & { [Field in MarketField]?: string };

const longest = 256;
/** The API takes no more words than this. */
export const wordsCharsMax = 128;

/** Keeps the fields that there are, as texts, and drops the rest. */
export function readMarketSearch(search: Record<string, unknown>): MarketSearch {
  const kept: MarketSearch = {};
  const tab = marketTabs.find((one) => one === search['tab']);
  if (tab !== undefined && tab !== 'jobs') kept.tab = tab;
  for (const field of textFields) {
    const value = search[field];
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    if (text.trim() !== '') kept[field] = text.slice(0, field === 'q' ? wordsCharsMax : longest);
  }
  return kept;
}

const boardFields = ['q', 'state', 'workload', 'framework', 'gpu', 'label', 'hardware'] as const;
const offerFields = [
  'q',
  'gpu',
  'vendor',
  'framework',
  'region',
  'isolation',
  'provider',
  'status',
  'hardware',
] as const;
const gibibyte = 1024 ** 3;
export const marketPageSize = 24;

/** The same as the API is asked for jobs. */
export function boardQueryOf(search: MarketSearch): QueryOf<typeof listPublicJobs> {
  const { asset, cursor, rewardMax, rewardMin, sort } = search;
  const query = {
    ...pick(search, boardFields),
    ...(asset !== undefined && { asset }),
    ...(isAmount(rewardMin) && { rewardMin }),
    ...(isAmount(rewardMax) && { rewardMax }),
    ...bytesOf('memoryBytesMax', search.memory),
    ...(sort !== undefined && { sort }),
    ...(cursor !== undefined && { cursor }),
    limit: marketPageSize,
  };
  return query as QueryOf<typeof listPublicJobs>;
}

/** The same as the API is asked for offers. */
export function offerQueryOf(search: MarketSearch): QueryOf<typeof listOffers> {
  const { asset, count, cursor, priceMax, proof, sort } = search;
  const query = {
    ...pick(search, offerFields),
    ...(proof !== undefined && { label: proof }),
    ...(asset !== undefined && { asset }),
    ...(isAmount(priceMax) && { priceMax }),
    ...bytesOf('memoryBytesMin', search.memory),
    ...(isWhole(count) && { countMin: Number(count) }),
    ...(sort !== undefined && { sort }),
    ...(cursor !== undefined && { cursor }),
    limit: marketPageSize,
  };
  return query as QueryOf<typeof listOffers>;
}

function pick(search: MarketSearch, fields: readonly MarketField[]) {
  const given = fields.filter((field) => search[field] !== undefined);
  return Object.fromEntries(given.map((field) => [field, search[field]]));
}

function bytesOf(name: 'memoryBytesMin' | 'memoryBytesMax', gibibytes: string | undefined) {
  if (!isWhole(gibibytes)) return {};
  return { [name]: Number(gibibytes) * gibibyte };
}

/** What is only half typed is no filter yet. */
function isAmount(text: string | undefined): text is string {
  return text !== undefined && /^(0|[1-9]\d{0,11})(\.\d{1,9})?$/.test(text);
}

function isWhole(text: string | undefined): text is string {
  return text !== undefined && /^[1-9]\d{0,4}$/.test(text);
}

export type FieldRule = 'amount' | 'whole';
const rules: { [Field in MarketField]?: FieldRule } = {
  rewardMin: 'amount',
  rewardMax: 'amount',
  priceMax: 'amount',
  memory: 'whole',
  count: 'whole',
};

/** The rule that the text of a field breaks, so that it filters nothing; null where it does. */
export function brokenRule(field: MarketField, text: string): FieldRule | null {
  const rule = rules[field];
  if (rule === undefined) return null;
  return (rule === 'amount' ? isAmount(text) : isWhole(text)) ? null : rule;
}

/** A list in the address with one value more or less; undefined when none is left. */
export function toggled(list: string | undefined, value: string): string | undefined {
  const values = list?.split(',') ?? [];
  const next = values.includes(value) ? values.filter((one) => one !== value) : [...values, value];
  return next.length === 0 ? undefined : next.join(',');
}
