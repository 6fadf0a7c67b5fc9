import { setImmediate } from 'node:timers/promises';
import type { QueryOf } from '@node3/shared/contract';
import { MarketError } from '@node3/shared/error';
import { firstIdOf, timeOfId } from '@node3/shared/ids';
import { jobStates } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import { type listJobs as contract, JobSummary } from '@node3/shared/routes/jobs';
import { jobTypeOf, jobTypes } from '../domain/job-type.ts';
import type { EndedQuery, JobQuery } from '../store/job-store.ts';
import type { JobRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { summariseJobs } from './read-job.ts';

export type ListQuery = QueryOf<typeof contract>;

interface JobPage {
  data: JobSummary[];
  nextCursor: string | null;
  total?: number;
}

/** Clocks of replicas and of the database differ: an id may be so much older or newer than its job. */
const clockSlackMs = 10_000;

/** What no index knows: it is looked for in the specs. */
export const searchFields = ['type', 'label', 'q', 'gpu', 'dependsOn', 'rerunOf'] as const;

/** So that the rows around the ends of a time don't cost a read each. */
const rowsAtLeast = 25;

const summaryFields = Object.keys(JobSummary.properties);

/** One page of an account's jobs. */
export async function listJobs(
  { store }: { store: Store },
  accountId: string,
  query: ListQuery,
): Promise<JobPage> {
  const shown = wordsOf('fields', query.fields, summaryFields);
  const { jobs, ...rest } = await listJobRows({ store }, accountId, query);
  const rows = await summariseJobs({ store }, jobs);
  return { data: shown === null ? rows : rows.map((row) => pick(row, shown)), ...rest };
}

/** The same as they are stored. */
export async function listJobRows(
  { store }: { store: Store },
  accountId: string,
  query: ListQuery,
): Promise<{ jobs: JobRow[]; nextCursor: string | null; total?: number }> {
  const bounds = boundsOf(accountId, query);
  const page = await findJobs(store, bounds, query);
  if (query.count !== true) return page;
  const { finishedAfter, finishedBefore } = query;
  const isEnded = isByEnd(query) || finishedAfter !== undefined || finishedBefore !== undefined;
  const total = isEnded
    ? await store.countEndedJobs({ ...bounds, ...endOf(query) }, limits.jobsCountedMax)
    : await store.countJobsOf(bounds, limits.jobsCountedMax);
  return { ...page, total };
}

type Bounds = Required<Omit<JobQuery, 'limit' | 'order'>> & { accountId: string };

function boundsOf(accountId: string, query: ListQuery): Bounds {
  const { createdAfter, createdBefore, dependsOn, rerunOf } = query;
  const idAt = (ms: number | null, slackMs: number) =>
    ms === null ? null : firstIdOf('job', ms + slackMs);
  const fromTime = idAt(timeOf('createdAfter', createdAfter), -clockSlackMs) ?? '';
  // What comes after a job, or runs it again, was not posted before it; ids of one time have no order.
  const since = [dependsOn, rerunOf].map((id) => (id === undefined ? null : timeOfId(id)));
  const fromJobs = since.map((ms) => idAt(ms, -clockSlackMs) ?? '');
  const [afterJobId = ''] = [fromTime, ...fromJobs].toSorted().toReversed();
  return {
    accountId,
    states: wordsOf('state', query.state, jobStates),
    beforeJobId: idAt(timeOf('createdBefore', createdBefore), clockSlackMs),
    afterJobId: afterJobId === '' ? null : afterJobId,
  };
}

/** Stops after so many found, or looked at; the cursor then is where to go on. */
async function findJobs(
  store: Store,
  bounds: Bounds,
  query: ListQuery,
): Promise<{ jobs: JobRow[]; nextCursor: string | null }> {
  const fits = filterOf(query);
  const walk = walkOf(store, bounds, query);
  const wanted = query.limit ?? limits.listPageDefault;
  const isSearch = walk.isSearch || searchFields.some((field) => query[field] !== undefined);
  const jobs: JobRow[] = [];
  let cursor = query.cursor ?? null;
  for (let looked = 0; looked < limits.jobsPerListScan; ) {
    const limit = isSearch ? limits.listPageMax : Math.max(wanted + 1, rowsAtLeast);
    const page = await walk.next(cursor, limit);
    const models = query.gpu === undefined ? null : await modelsOf(store, page);
    for (const job of page) {
      const isFit = (fits === null || fits(job)) && hasGpu(job, query.gpu, models);
      if (isFit && jobs.length === wanted) return { jobs, nextCursor: cursor };
      if (isFit) jobs.push(job);
      cursor = walk.cursorOf(job);
    }
    if (page.length < limit) return { jobs, nextCursor: null };
    looked += limit;
    // Specs can be large: nobody else waits for more than one page of them.
    await setImmediate();
  }
  return { jobs, nextCursor: cursor };
}

/** Jobs in one order, as far as an index knows what is wanted. */
interface Walk {
  next(cursor: string | null, limit: number): Promise<JobRow[]>;
  cursorOf(job: JobRow): string;
  /** What is wanted is looked for in the rows. */
  isSearch: boolean;
}

function walkOf(store: Store, bounds: Bounds, query: ListQuery): Walk {
  if (isByEnd(query)) return walkByEnd(store, bounds, query);
  const [label] = labelsOf(query.label);
  // States have an index of their own, which may hold far fewer jobs.
  return label === undefined || bounds.states !== null
    ? walkById(store, bounds, query)
    : walkByLabel(store, { ...bounds, label }, query);
}

function walkByLabel(
  store: Store,
  bounds: Bounds & { label: [string, string] },
  query: ListQuery,
): Walk {
  const { order, from } = orderById(query);
  return {
    next: (cursor, limit) =>
      store.listLabelledJobs({
        ...bounds,
        ...(cursor !== null && { [from]: cursor }),
        limit,
        order,
      }),
    cursorOf: ({ jobId }) => jobId,
    isSearch: true,
  };
}

function walkById(store: Store, bounds: Bounds, query: ListQuery): Walk {
  const { order, from } = orderById(query);
  return {
    next: (cursor, limit) =>
      store.listJobs({ ...bounds, ...(cursor !== null && { [from]: cursor }), limit, order }),
    cursorOf: ({ jobId }) => jobId,
    isSearch: query.finishedAfter !== undefined || query.finishedBefore !== undefined,
  };
}

function orderById({ sort }: ListQuery) {
  return sort === 'createdAt'
    ? ({ order: 'oldest', from: 'afterJobId' } as const)
    : ({ order: 'newest', from: 'beforeJobId' } as const);
}

function walkByEnd(store: Store, bounds: Bounds, query: ListQuery): Walk {
  const order = query.sort === 'finishedAt' ? 'oldest' : 'newest';
  const within = { ...bounds, ...endOf(query), order } as const;
  return {
    next: (cursor, limit) => store.listEndedJobs({ ...within, beyond: endAt(cursor), limit }),
    cursorOf: ({ jobId, finishedAtMs }) => `${finishedAtMs}-${jobId}`,
    isSearch: false,
  };
}

/** Who asks for a time of end wants that order, unless another one is named. */
function isByEnd({ sort, finishedAfter, finishedBefore }: ListQuery): boolean {
  if (sort !== undefined) return sort === 'finishedAt' || sort === '-finishedAt';
  return finishedAfter !== undefined || finishedBefore !== undefined;
}

function endOf({ finishedAfter, finishedBefore }: ListQuery) {
  return {
    fromMs: timeOf('finishedAfter', finishedAfter) ?? 0,
    beforeMs: timeOf('finishedBefore', finishedBefore) ?? Number.MAX_SAFE_INTEGER,
  };
}

function endAt(cursor: string | null): EndedQuery['beyond'] {
  if (cursor === null) return null;
  const [, time = '', jobId = ''] = /^(\d{1,15})-(\w+)$/.exec(cursor) ?? [];
  if (time === '')
    throw invalid('cursor', 'is none of this list; take the last answer’s nextCursor');
  return { finishedAtMs: Number(time), jobId };
}

/** null where the bounds say it all. */
function filterOf(query: ListQuery): ((job: JobRow) => boolean) | null {
  const types = wordsOf('type', query.type, jobTypes);
  const labels = labelsOf(query.label);
  const q = query.q?.toLowerCase();
  const afterMs = timeOf('createdAfter', query.createdAfter) ?? Number.NEGATIVE_INFINITY;
  const beforeMs = timeOf('createdBefore', query.createdBefore) ?? Number.POSITIVE_INFINITY;
  const isBounded = Number.isFinite(afterMs) || Number.isFinite(beforeMs);
  const end = endOf(query);
  const isEnded = query.finishedAfter !== undefined || query.finishedBefore !== undefined;
  const { dependsOn, rerunOf } = query;
  const isRelated = dependsOn !== undefined || rerunOf !== undefined;
  const isWithin = isBounded || isRelated || isEnded;
  if (types === null && labels.length === 0 && q === undefined && !isWithin) return null;
  return ({ jobId, spec, createdAtMs, finishedAtMs, ...job }) =>
    createdAtMs >= afterMs &&
    createdAtMs < beforeMs &&
    (!isEnded ||
      (finishedAtMs !== null && finishedAtMs >= end.fromMs && finishedAtMs < end.beforeMs)) &&
    (types === null || types.includes(jobTypeOf(spec))) &&
    labels.every(([name, value]) => spec.labels[name] === value) &&
    (q === undefined ||
      (spec.name?.toLowerCase().includes(q) ?? false) ||
      jobId.toLowerCase().startsWith(q)) &&
    (dependsOn === undefined || spec.after.some((needed) => needed.jobId === dependsOn)) &&
    (rerunOf === undefined || job.rerunOf === rerunOf);
}

/** The models of the GPUs that jobs run or ran on, by their execution. */
async function modelsOf(store: Store, jobs: JobRow[]): Promise<Map<string, string[]>> {
  const ids = jobs.flatMap(({ executionId }) => (executionId === null ? [] : [executionId]));
  const executions = await store.executionsById(ids);
  return new Map(
    [...executions].map(([id, { devices }]) => [id, devices.map((device) => device.model)]),
  );
}

/** `none` is the word for jobs without GPUs. */
function hasGpu(
  { spec, executionId }: JobRow,
  wanted: string | undefined,
  models: Map<string, string[]> | null,
): boolean {
  if (wanted === undefined) return true;
  const { gpus } = spec.resources;
  if (wanted === 'none') return gpus === null;
  const had = models?.get(executionId ?? '') ?? [];
  const part = wanted.toLowerCase();
  return [...had, ...(gpus?.models ?? [])].some((model) => model.toLowerCase().includes(part));
}

function labelsOf(text: string | undefined): [name: string, value: string][] {
  if (text === undefined) return [];
  return text.split(',').map((part) => {
    const end = part.indexOf('=');
    if (end < 1) throw invalid('label', `"${part}" is no label; write name=value`);
    return [part.slice(0, end), part.slice(end + 1)];
  });
}

function wordsOf<Word extends string>(
  field: string,
  text: string | undefined,
  known: readonly Word[],
): Word[] | null {
  if (text === undefined) return null;
  return text.split(',').map((given) => {
    const word = known.find((one) => one === given);
    if (word !== undefined) return word;
    throw invalid(field, `"${given}" is not one of ${known.join(', ')}`);
  });
}

function timeOf(field: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw invalid(field, 'is no date of the calendar; correct it');
  return ms;
}

function invalid(field: string, detail: string): MarketError {
  return new MarketError('REQUEST_INVALID', { errors: [{ pointer: `/${field}`, detail }] });
}

/** Not all that the contract promises, because the caller asked for no more. */
function pick(row: JobSummary, fields: readonly string[]): JobSummary {
  const kept = Object.entries(row).filter(([name]) => fields.includes(name));
  return Object.fromEntries(kept) as unknown as JobSummary;
}
