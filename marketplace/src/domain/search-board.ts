import type { QueryOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { type Asset, fromMoney, parseAmount } from '@node3/shared/money';
import type {
  BoardFacet,
  BoardSort,
  listPublicJobs,
  PublicJob,
} from '@node3/shared/routes/marketplace';
import { type FacetValues, type Filter, oneOfThem, searchRows } from './faceted-search.ts';
import { lastKey, type Place, pageOf } from './keyset-page.ts';

export type BoardQuery = QueryOf<typeof listPublicJobs>;

const valuesOf: FacetValues<PublicJob, BoardFacet> = {
  state: (job) => [job.state],
  workload: (job) => [job.workload],
  framework: (job) => [job.framework],
  gpu: (job) => job.gpuModels ?? [null],
  label: (job) => Object.entries(job.labels).map(([name, value]) => `${name}=${value}`),
  asset: (job) => [job.reward.asset],
  hardware: (job) => [job.gpus > 0 ? 'gpu' : 'cpu'],
};

/** How many jobs there are where nothing is said, as there always were. */
const pageUsual = 100;

/** Jobs that fit, one page of them, and counts over all. Throws REQUEST_INVALID. */
export function searchBoard(jobs: readonly PublicJob[], query: BoardQuery) {
  const { cursor, limit = pageUsual, sort = 'newest' } = query;
  const { found, facets } = searchRows(jobs, filtersOf(query), valuesOf);
  const page = pageOf(found, placeBy(sort, query), { cursor, limit });
  return {
    ...page,
    total: found.length,
    lookedAt: jobs.length,
    complete: jobs.length < limits.boardJobsMax,
    facets,
  };
}

function filtersOf(query: BoardQuery): Filter<PublicJob, BoardFacet>[] {
  const named = (Object.keys(valuesOf) as BoardFacet[]).flatMap((name) =>
    oneOfThem(name, query[name], valuesOf[name]),
  );
  const { memoryBytesMax, rewardMax, rewardMin } = query;
  const q = query.q?.toLowerCase();
  const least = rewardMin === undefined ? null : amountOf('rewardMin', rewardMin, query);
  const most = rewardMax === undefined ? null : amountOf('rewardMax', rewardMax, query);
  const all: (((job: PublicJob) => boolean) | null)[] = [
    memoryBytesMax === undefined ? null : (job) => (job.memoryBytesMin ?? 0) <= memoryBytesMax,
    least === null ? null : ({ reward }) => fromMoney(reward) >= least,
    most === null ? null : ({ reward }) => fromMoney(reward) <= most,
    q === undefined ? null : (job) => textOf(job).includes(q),
  ];
  return [...named, ...all.filter((fits) => fits !== null).map((fits) => ({ facet: null, fits }))];
}

function textOf({ framework, gpuModels, jobId, labels, regions, workload }: PublicJob): string {
  const words = [workload, framework, ...(gpuModels ?? []), ...(regions ?? []), jobId];
  return [...words, ...Object.entries(labels).flat()].join(' ').toLowerCase();
}

function amountOf(field: string, text: string, query: BoardQuery) {
  return parseAmount(text, onlyAsset(field, query));
}

/** Amounts of two assets can't be compared. */
function onlyAsset(field: string, { asset }: BoardQuery): Asset {
  if (asset === 'SOL' || asset === 'USDC') return asset;
  const detail = 'compares amounts, so it needs one asset; add asset=USDC or asset=SOL';
  throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: `/${field}`, detail }] });
}

function placeBy(sort: BoardSort, query: BoardQuery): (job: PublicJob) => Place {
  if (sort === 'reward' || sort === 'rate') onlyAsset('sort', query);
  // Ids are in the order of their times: their bytes as one number are, too.
  const numberOf = ({ jobId }: PublicJob) => BigInt(`0x${Buffer.from(jobId).toString('hex')}`);
  const keys: Record<BoardSort, (job: PublicJob) => bigint> = {
    newest: (job) => -numberOf(job),
    oldest: numberOf,
    reward: ({ reward }) => -1n * fromMoney(reward),
    rate: ({ perGpuHour }) => -1n * fromMoney(perGpuHour),
    memory: ({ memoryBytesMin }) => (memoryBytesMin === null ? lastKey : -BigInt(memoryBytesMin)),
  };
  return (job) => ({ key: keys[sort](job), id: job.jobId });
}
