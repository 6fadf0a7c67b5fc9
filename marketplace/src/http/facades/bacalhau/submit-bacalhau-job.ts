import { isMarketError, MarketError } from '@node3/shared/error';
import { importBacalhau } from '@node3/shared/import/import-bacalhau';
import type { JobSpec, JobSpecInput } from '@node3/shared/job-spec';
import { isTerminalJob } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import { formatAmount, fromMoney } from '@node3/shared/money';
import { cancelJob } from '../../../services/cancel-job.ts';
import { invalid, specProblems } from '../../../services/check-template.ts';
import { completeSpec } from '../../../services/complete-spec.ts';
import { isDeeperThan } from '../../../services/json-depth.ts';
import { postJob } from '../../../services/post-job.ts';
import type { JobRow } from '../../../store/rows.ts';
import type { Requester } from '../../auth.ts';
import type { HttpDeps } from '../../http-deps.ts';
import { refusal } from './bacalhau-errors.ts';
import {
  atVersion,
  findNamed,
  groupOfName,
  type JobGroup,
  keyOf,
  partitionsMax,
} from './bacalhau-groups.ts';
import { viewTask } from './bacalhau-job-view.ts';
import { groupLabels, shownLabels, toJobState, toStateOfAll } from './bacalhau-mapping.ts';
import { choosePrice } from './bacalhau-price.ts';
import { documentText, readSubmitted, type SubmittedDocument } from './submitted-document.ts';

export interface Submission {
  requester: Requester;
  job: object;
  force: boolean;
  namespace: string | undefined;
  /** Of a job without a name: sent again with it, it is the same job. */
  token: string | null;
}

export interface Submitted {
  jobId: string;
  warnings: string[];
}

interface Prepared {
  specs: JobSpecInput[];
  warnings: string[];
  /** Of the document. */
  hash: string;
}

/**
 * Submits a job of Bacalhau's. One of the same name is updated: the same document while it has not ended is
 * the same job, another one is its next version, and what the one before has not begun is stopped. Throws
 * IMPORT_REFUSED, and JOB_STATE_INVALID where the version before runs, or the same one has ended already.
 */
export async function submitJob(deps: HttpDeps, submission: Submission): Promise<Submitted> {
  const { requester, force } = submission;
  const document = readSubmitted(submission.job, submission.namespace);
  const prepared = await prepare(deps, requester.accountId, document);
  if (document.name === null) {
    // No name is such a group: it has its namespace before it, in which this character is escaped.
    const { token } = submission;
    const isAlone = token === null && prepared.specs.length === 1;
    const group = isAlone ? null : token === null ? deps.ids.next('fanOut') : `=${token}`;
    const head = await postVersion(deps, requester, prepared, { group, version: 1 });
    return { jobId: head.jobId, warnings: prepared.warnings };
  }
  const group = groupOfName(document.namespace, document.name);
  const before = await findNamed(deps, requester.accountId, group);
  if (before === null) {
    const head = await postVersion(deps, requester, prepared, { group, version: 1 });
    return { jobId: head.jobId, warnings: prepared.warnings };
  }
  return update(deps, requester, { before, prepared, force });
}

async function prepare(
  deps: HttpDeps,
  accountId: string,
  document: SubmittedDocument,
): Promise<Prepared> {
  if (isDeeperThan(document.job, limits.jsonDepthMax)) {
    const detail = `must not be nested deeper than ${limits.jsonDepthMax} levels`;
    throw invalid([{ pointer: '/Job', detail }]);
  }
  const { jobs, warnings } = importBacalhau({ Job: document.job });
  const [first] = jobs;
  if (first === undefined || jobs.length > partitionsMax) {
    throw invalid([{ pointer: '/Job/Count', detail: `must be from 1 to ${partitionsMax}` }]);
  }
  const price = await choosePrice(deps, accountId, first.spec, document.price);
  // A job without a name is called by its id there.
  const specs = jobs.map(({ spec: { name: _name, ...spec } }) => ({
    ...spec,
    ...(document.name === null ? {} : { name: document.name }),
    price,
  }));
  // No contract has looked at what the importer makes, as it does at what is posted.
  const problems = specProblems(specs[0]);
  if (problems.length > 0) throw invalid(problems);
  const told = warnings.map(({ pointer, message, fix }) => `${pointer} ${message}. ${fix}`);
  return {
    specs,
    warnings: [...told, ...tellPrice(document, price)],
    hash: deps.sealer.digest(documentText(document)),
  };
}

/** Who named no price hears what it is. */
function tellPrice({ price: words }: SubmittedDocument, price: JobSpecInput['price']): string[] {
  if (Object.keys(words).length > 0 || price.kind !== 'metered') return [];
  const say = (money: typeof price.cap) =>
    `${formatAmount(fromMoney(money), money.asset)} ${money.asset}`;
  return [
    `A run costs at most ${say(price.cap)}, at ${say(price.bidPerGpuHour)} per GPU hour; what it does not use comes back. Other prices go into Meta: node3/bid and node3/cap, or node3/reward.`,
  ];
}

async function update(
  deps: HttpDeps,
  requester: Requester,
  { before, prepared, force }: { before: JobGroup; prepared: Prepared; force: boolean },
): Promise<Submitted> {
  const { head, name: group, latest, members } = before;
  // A version of which some partitions were refused is none that there is.
  const isWhole = members.length === prepared.specs.length;
  const isSame =
    isWhole && members.every(({ spec }) => spec.labels[groupLabels.document] === prepared.hash);
  const state = toStateOfAll(members.map(toJobState));
  const isOver = members.every((member) => isTerminalJob(member.state));
  const hasBegun = members.some(({ attempt }) => attempt > 0) && !isOver;
  const { jobId } = head;
  const same = `no changes detected for new job spec. Job Name: '${head.spec.name}', Job Id: '${jobId}'`;
  if (isSame && !force) {
    if (isOver) {
      throw refusal('JOB_STATE_INVALID', same, 'Use the --force flag, or rerun the job.');
    }
    // What was not stopped yet, because whoever submitted it before was cut off, is stopped now.
    if (latest > 1) await stopMembers(deps, (await atVersion(deps, before, latest - 1)).members);
    return { jobId, warnings: [...prepared.warnings, same] };
  }
  if (hasBegun && !force) {
    const detail = `Job ${jobId} is ${state}; another version of it would throw away what it has done so far.`;
    throw refusal('JOB_STATE_INVALID', detail, 'Stop it first, or use the --force flag.');
  }
  await postVersion(deps, requester, prepared, { group, version: latest + 1 });
  await stopMembers(deps, members);
  return { jobId, warnings: prepared.warnings };
}

interface Place {
  /** null for a job alone. */
  group: string | null;
  version: number;
}

/**
 * Posts every partition of a version under a key of its own, so that doing it again makes none anew. Where
 * one is refused, none is left. The first one comes first: with it there is such a version.
 * @returns the first one.
 */
async function postVersion(
  deps: HttpDeps,
  requester: Requester,
  { specs, hash }: Prepared,
  place: Place,
): Promise<JobRow> {
  const post = async (spec: JobSpecInput, partition: number) => {
    const labels = labelsOf(place, { partition, count: specs.length, hash });
    return postPartition(
      deps,
      requester,
      { ...spec, labels: { ...spec.labels, ...labels } },
      {
        ...place,
        partition,
      },
    );
  };
  const [firstSpec, ...others] = specs;
  if (firstSpec === undefined) throw new Error('a version has a partition');
  const first = await post(firstSpec, 0);
  if (first.spec.labels[groupLabels.document] !== hash) throw concurrent();
  const rest = await Promise.allSettled(others.map((spec, index) => post(spec, index + 1)));
  const failed = rest.find((row) => row.status === 'rejected');
  if (failed === undefined) return first;
  const reason: unknown = failed.reason;
  // Of what failed on our side nobody knows whether it is posted: sent again, it is completed.
  if (isMarketError(reason) && reason.status < 500) {
    const posted = rest.flatMap((row) => (row.status === 'fulfilled' ? [row.value] : []));
    await stopMembers(deps, [first, ...posted]);
  }
  throw reason;
}

/** Whoever posts the first partition of a version has it. */
export function concurrent(): MarketError {
  const detail = 'Another version of this job was submitted at the same moment.';
  return refusal('JOB_STATE_INVALID', detail, 'Submit it again: it is an update now.');
}

function labelsOf(
  { group, version }: Place,
  { partition, count, hash }: { partition: number; count: number; hash: string },
): Record<string, string> {
  const document = { [groupLabels.document]: hash };
  if (group === null) return document;
  return {
    ...document,
    [groupLabels.group]: group,
    [groupLabels.version]: String(version),
    [groupLabels.partition]: `${partition}/${count}`,
  };
}

async function postPartition(
  deps: HttpDeps,
  { accountId, keyId }: Requester,
  spec: JobSpecInput,
  { group, version, partition }: Place & { partition: number },
): Promise<JobRow> {
  const posting = { accountId, keyId, spec };
  if (group === null) return (await postJob(deps, { ...posting, idempotencyKey: null })).job;
  const { key: idempotencyKey, requestHash } = keyOf(group, version, partition);
  return (await postJob(deps, { ...posting, idempotencyKey, requestHash })).job;
}

/** Those that have ended stay as they are. */
export async function stopMembers(deps: HttpDeps, members: readonly JobRow[]): Promise<void> {
  await Promise.all(
    members.map(async ({ jobId }) => {
      try {
        await cancelJob(deps, jobId, 'requester');
      } catch (error) {
        if (!isMarketError(error, 'JOB_STATE_INVALID')) throw error;
      }
    }),
  );
}

/** What an update would change, as lines of the job that go and come; empty where nothing would. */
export async function diffJob(
  deps: HttpDeps,
  accountId: string,
  given: object,
  namespace: string | undefined,
): Promise<{ diff: string; warnings: string[] }> {
  const document = readSubmitted(given, namespace);
  const { name } = document;
  if (name === null) throw invalid([{ pointer: '/Job/Name', detail: 'is required' }]);
  const { specs, warnings, hash } = await prepare(deps, accountId, document);
  const before = await findNamed(deps, accountId, groupOfName(document.namespace, name));
  const [old, asked] = [before?.members[0], specs[0]];
  if (old === undefined || asked === undefined) {
    throw new MarketError('JOB_NOT_FOUND', { jobId: name });
  }
  if (old.spec.labels[groupLabels.document] === hash) return { diff: '', warnings };
  const wanted = completeSpec(asked, deps.defaultImages);
  const [gone, come] = [linesOf(old.spec, before?.members.length), linesOf(wanted, specs.length)];
  const lines = [
    ...gone.filter((line) => !come.includes(line)).map((line) => `-${line}`),
    ...come.filter((line) => !gone.includes(line)).map((line) => `+${line}`),
  ];
  const isHidden = lines.length === 0;
  return {
    diff: isHidden
      ? ' values of the environment, which are not shown, or what is not kept'
      : lines.join('\n'),
    warnings,
  };
}

function linesOf(spec: JobSpec, count = 1): string[] {
  const shown = { Count: count, Labels: shownLabels(spec.labels), Task: viewTask(spec) };
  return JSON.stringify(shown, null, 2).split('\n');
}
