import { isMarketError, MarketError } from '@node3/shared/error';
import { importBacalhau } from '@node3/shared/import/import-bacalhau';
import type { JobSpec, JobSpecInput } from '@node3/shared/job-spec';
import { isTerminalJob } from '@node3/shared/job-state';
import { type BaseUnits, baseUnits, formatAmount, fromMoney } from '@node3/shared/money';
import { cancelJob } from '../../../services/cancel-job.ts';
import { invalid, specProblems } from '../../../services/check-template.ts';
import { completeSpec } from '../../../services/complete-spec.ts';
import { type Posted, postJobsTogether } from '../../../services/post-jobs-together.ts';
import { priceJob } from '../../../services/price-job.ts';
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
import { priorities, viewTask } from './bacalhau-job-view.ts';
import { groupLabels, shownLabels, toJobState, toStateOfAll } from './bacalhau-mapping.ts';
import { choosePrice } from './bacalhau-price.ts';
import { documentText, readSubmitted, type SubmittedDocument } from './submitted-document.ts';

export interface Submission {
  requester: Requester;
  job: object;
  force: boolean;
  namespace: string | undefined;
  /** Sent again with it, it is the same job, also where it has ended or is forced. */
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
  /** Of the token; null without one. */
  token: string | null;
}

/**
 * Submits a job of Bacalhau's. One of the same name is updated: the same document while it has not ended is
 * the same job, another one is its next version, and what the one before has not begun is stopped. Throws
 * IMPORT_REFUSED, and JOB_STATE_INVALID where the version before runs, or the same one has ended already.
 */
export async function submitJob(deps: HttpDeps, submission: Submission): Promise<Submitted> {
  const { requester, force } = submission;
  const document = readSubmitted(submission.job, submission.namespace);
  const prepared = await prepare(deps, requester.accountId, document, submission.token);
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
  token: string | null,
): Promise<Prepared> {
  const { jobs, warnings } = importBacalhau({ Job: document.job });
  const [first] = jobs;
  if (first === undefined || jobs.length > partitionsMax) {
    throw invalid([{ pointer: '/Job/Count', detail: `must be from 1 to ${partitionsMax}` }]);
  }
  const price = await choosePrice(deps, accountId, first.spec, {
    words: document.price,
    count: jobs.length,
  });
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
    warnings: [...told, ...tellPrice(deps, document, specs)],
    hash: deps.sealer.digest(documentText(document)),
    token: token === null ? null : deps.sealer.digest(`token ${token}`),
  };
}

/** Who named no price hears what it is, with everything in it that is held. */
function tellPrice(
  deps: HttpDeps,
  { price: words }: SubmittedDocument,
  [spec, ...others]: readonly JobSpecInput[],
): string[] {
  if (Object.keys(words).length > 0 || spec?.price.kind !== 'metered') return [];
  const { bidPerGpuHour } = spec.price;
  const { asset } = bidPerGpuHour;
  const say = (amount: BaseUnits) => `${formatAmount(amount, asset)} ${asset}`;
  const { price } = priceJob(completeSpec(spec, deps.defaultImages), deps.feeBasisPoints);
  const total = baseUnits(price * BigInt(others.length + 1));
  return [
    `It costs at most ${say(total)} with the fee, at ${say(fromMoney(bidPerGpuHour))} per GPU hour; what it does not use comes back. Other prices go into Meta: node3/bid and node3/cap, or node3/reward.`,
  ];
}

async function update(
  deps: HttpDeps,
  requester: Requester,
  { before, prepared, force }: { before: JobGroup; prepared: Prepared; force: boolean },
): Promise<Submitted> {
  const { head, name: group, latest, members } = before;
  const has = (label: string, value: string) =>
    members.every(({ spec }) => spec.labels[label] === value);
  const { hash, token } = prepared;
  const isSame = has(groupLabels.document, hash);
  const isRepeated = isSame && token !== null && has(groupLabels.token, token);
  const state = toStateOfAll(members.map(toJobState));
  const isOver = members.every((member) => isTerminalJob(member.state));
  const hasBegun = members.some(({ attempt }) => attempt > 0) && !isOver;
  const { jobId } = head;
  const same = `no changes detected for new job spec. Job Name: '${head.spec.name}', Job Id: '${jobId}'`;
  if (isRepeated || (isSame && !force)) {
    if (isOver && !isRepeated) {
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
 * Posts all partitions of a version, or none, each under a key of its own, so that doing it again makes none
 * anew.
 * @returns the first one.
 */
async function postVersion(
  deps: HttpDeps,
  { accountId, keyId }: Requester,
  { specs, hash, token }: Prepared,
  place: Place,
): Promise<JobRow> {
  const { group, version } = place;
  const inputs = specs.map((spec, partition) => {
    const labels = labelsOf(place, { partition, count: specs.length, hash, token });
    const labelled = { ...spec, labels: { ...spec.labels, ...labels } };
    const posting = { accountId, keyId, spec: labelled };
    if (group === null) return { ...posting, idempotencyKey: null };
    const { key: idempotencyKey, requestHash } = keyOf(group, version, partition);
    return { ...posting, idempotencyKey, requestHash };
  });
  const posted = await postJobsTogether(deps, inputs);
  const [first] = posted;
  if (first === undefined) throw new Error('a version has a partition');
  await refuseMixed(deps, posted, ({ spec }) => spec.labels[groupLabels.document] === hash);
  return first.job;
}

/** What others posted under the same keys is theirs; what was added to it is none of theirs. */
export async function refuseMixed(
  deps: HttpDeps,
  posted: Posted,
  isOwn: (job: JobRow, partition: number) => boolean,
): Promise<void> {
  if (posted.every(({ job }, partition) => isOwn(job, partition))) return;
  await stopMembers(
    deps,
    posted.flatMap(({ job, replayed }) => (replayed ? [] : [job])),
  );
  throw concurrent();
}

/** Whoever posts the first partition of a version has it. */
function concurrent(): MarketError {
  const detail = 'Another version of this job was submitted at the same moment.';
  return refusal('JOB_STATE_INVALID', detail, 'Submit it again: it is an update now.');
}

interface PartitionFacts extends Pick<Prepared, 'hash' | 'token'> {
  partition: number;
  count: number;
}

function labelsOf(
  { group, version }: Place,
  { partition, count, hash, token }: PartitionFacts,
): Record<string, string> {
  const document = {
    [groupLabels.document]: hash,
    ...(token === null ? {} : { [groupLabels.token]: token }),
  };
  if (group === null) return document;
  return {
    ...document,
    [groupLabels.group]: group,
    [groupLabels.version]: String(version),
    [groupLabels.partition]: `${partition}/${count}`,
  };
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
  const { specs, warnings, hash } = await prepare(deps, accountId, document, null);
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
  const { labels, priority } = spec;
  const Labels = shownLabels(labels);
  const shown = { Count: count, Priority: priorities[priority], Labels, Task: viewTask(spec) };
  return JSON.stringify(shown, null, 2).split('\n');
}
