import { MarketError } from '@node3/shared/error';
import { idPattern } from '@node3/shared/ids';
import { hashText } from '../../../services/api-key.ts';
import { findOwnJob } from '../../../services/read-job.ts';
import type { JobRow } from '../../../store/rows.ts';
import type { Store } from '../../../store/store.ts';
import { defaultNamespace, groupLabels } from './bacalhau-mapping.ts';

/**
 * A job of Bacalhau's has versions, and a version has partitions; each partition of each version is a job
 * of ours. The first one is the head, whose id is the JobID. All are found by the keys that they are posted
 * under, so that two submissions of one name at the same time are never two jobs.
 */
export interface JobGroup {
  head: JobRow;
  /** What its versions are posted under: the namespace and the name, or the id of a job posted alone. */
  name: string;
  version: number;
  /** The newest version, which may be a later one. */
  latest: number;
  /** The partitions of this version, in order; some may never have been posted. */
  members: JobRow[];
}

interface Deps {
  store: Store;
}

/** Executions that one submission makes at most: each is read for every answer about their job. */
export const partitionsMax = 100;

/** Says nothing: whether two submissions are the same is told by the label of their document. */
const requestHash = 'bacalhau';

const exactId = new RegExp(idPattern('job'));
/** The first 8 characters tell a second; the CLI shows as many. */
const idStart = /^job_[0-9A-HJKMNP-TV-Z]{8,25}$/;

/** Jobs of one name have one group; both may be anything, and a label has an end. */
export function groupOfName(namespace: string | undefined, name: string): string {
  const group = `${encodeURIComponent(namespace || defaultNamespace)}/${name}`;
  return group.length <= labelChars ? group : `/${hashText(group)}`;
}

const labelChars = 256;

/** With spaces, which no header can have: no other request's key is the same. */
export function keyOf(group: string, version: number, partition: number) {
  return { key: `bacalhau ${version} ${partition} ${group}`, requestHash };
}

/** Throws JOB_NOT_FOUND, or REQUEST_INVALID where several ids begin like this. */
export async function findGroup(
  deps: Deps,
  accountId: string,
  asked: { jobId: string; namespace?: string | undefined; version?: number | undefined },
): Promise<JobGroup> {
  const found = await findAny(deps, accountId, asked);
  const group = await groupOf(deps, found);
  if (asked.version === undefined || asked.version === 0 || asked.version === group.version) {
    return group;
  }
  if (asked.version > group.latest) {
    const detail = `The job has ${group.latest} versions and none with the number ${asked.version}.`;
    throw new MarketError('JOB_NOT_FOUND', { detail, jobId: group.head.jobId });
  }
  return atVersion(deps, group, asked.version);
}

/** The job by its name; null where none was submitted here. */
export async function findNamed(
  deps: Deps,
  accountId: string,
  group: string,
): Promise<JobGroup | null> {
  const head = await deps.store.postedBefore(accountId, keyOf(group, 1, 0));
  return head === null ? null : groupOf(deps, head);
}

async function findAny(
  deps: Deps,
  accountId: string,
  { jobId, namespace }: { jobId: string; namespace?: string | undefined },
): Promise<JobRow> {
  if (exactId.test(jobId)) return findOwnJob(deps, jobId, accountId);
  const named = keyOf(groupOfName(namespace, jobId), 1, 0);
  const byName = await deps.store.postedBefore(accountId, named);
  if (byName !== null) return byName;
  if (!idStart.test(jobId)) throw new MarketError('JOB_NOT_FOUND', { jobId });
  const bounds = { afterJobId: jobId, beforeJobId: `${jobId}~`, states: null };
  const [first, second] = await deps.store.listJobs({ ...bounds, accountId, limit: 2 });
  if (first === undefined) throw new MarketError('JOB_NOT_FOUND', { jobId });
  if (second === undefined) return first;
  const detail = `is the beginning of several ids, such as ${first.jobId} and ${second.jobId}`;
  throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/jobId', detail }] });
}

/** The newest version of the job that one of ours is a part of. */
export async function groupOf(deps: Deps, job: JobRow): Promise<JobGroup> {
  const name = await membershipOf(deps, job);
  const head = name === null ? job : await headOf(deps, job, name);
  const group = { head, name: name ?? job.jobId };
  const latest = await latestOf(deps, group);
  return atVersion(deps, { ...group, latest }, latest);
}

/** Whether a job is shown as one: the first of its group, or of no group. */
export async function isHead(deps: Deps, job: JobRow): Promise<boolean> {
  const { group, version, partition } = groupLabels;
  const { labels } = job.spec;
  if (labels[group] === undefined) return true;
  if (labels[version] === '1' && labels[partition]?.startsWith('0/') === true) return true;
  return (await membershipOf(deps, job)) === null;
}

/**
 * What the jobs of its group are posted under; null for a job alone, as is one that has the labels of
 * another because it was run again, or made by hand, elsewhere than here.
 */
async function membershipOf(deps: Deps, job: JobRow): Promise<string | null> {
  const { [groupLabels.group]: name, [groupLabels.version]: version } = job.spec.labels;
  if (name === undefined || !/^\d{1,9}$/.test(version ?? '')) return null;
  const key = keyOf(name, Number(version), placeOf(job).partition);
  const posted = await deps.store.postedBefore(job.accountId, key);
  return posted?.jobId === job.jobId ? name : null;
}

/** A job that was posted alone has later versions under its own id. */
async function headOf(deps: Deps, job: JobRow, name: string): Promise<JobRow> {
  const { accountId } = job;
  const byId = exactId.test(name) ? await deps.store.job(name) : null;
  return byId ?? (await deps.store.postedBefore(accountId, keyOf(name, 1, 0))) ?? job;
}

/** Versions count up without a gap: the end is found in some reads, however many there are. */
async function latestOf(
  deps: Deps,
  { head, name }: Pick<JobGroup, 'head' | 'name'>,
): Promise<number> {
  const exists = async (version: number) =>
    (await deps.store.postedBefore(head.accountId, keyOf(name, version, 0))) !== null;
  let [known, beyond] = [1, 2];
  while (await exists(beyond)) [known, beyond] = [beyond, beyond * 2];
  while (beyond - known > 1) {
    const middle = Math.floor((known + beyond) / 2);
    if (await exists(middle)) known = middle;
    else beyond = middle;
  }
  return known;
}

export async function atVersion(
  deps: Deps,
  { head, name, latest }: Pick<JobGroup, 'head' | 'name' | 'latest'>,
  version: number,
): Promise<JobGroup> {
  const posted = (partition: number) =>
    deps.store.postedBefore(head.accountId, keyOf(name, version, partition));
  const first = version === 1 ? head : await posted(0);
  const isAlone = first === null || (version === 1 && name === head.jobId);
  const count = isAlone ? 1 : placeOf(first).count;
  const rest = await Promise.all(
    Array.from({ length: count - 1 }, (_, index) => posted(index + 1)),
  );
  const members = [first, ...rest].filter((job) => job !== null);
  return { head, name, latest, version, members };
}

/** Which of how many partitions a job is. Anybody may post a job with such a label, and anything in it. */
export function placeOf({ spec }: Pick<JobRow, 'spec'>): { partition: number; count: number } {
  const text = spec.labels[groupLabels.partition] ?? '';
  const [, partition, count] = /^(\d{1,3})\/(\d{1,3})$/.exec(text) ?? [];
  const most = Math.min(Number(count ?? 1), partitionsMax);
  return { partition: Math.min(Number(partition ?? 0), partitionsMax), count: Math.max(most, 1) };
}
