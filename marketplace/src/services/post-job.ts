import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import { findModel } from '@node3/shared/gpu/normalise-model';
import type { Ids } from '@node3/shared/ids';
import {
  completeJobSpec,
  type DefaultImages,
  type JobSpec,
  type JobSpecInput,
} from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { priceMax } from '@node3/shared/metering';
import { heldForJob, userAvailable } from '../domain/ledger-accounts.ts';
import type { SimulatedPolicy } from '../domain/matching.ts';
import type { Idempotency, JobPosting } from '../store/job-store.ts';
import type { JobRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { hashText } from './api-key.ts';
import { canonicalJson, isDeeperThan } from './canonical-json.ts';
import { checkSatisfiable } from './check-satisfiable.ts';
import type { Matchmaker } from './matchmaker.ts';
import type { Presence } from './presence.ts';
import { checkPrice, type JobPrice, priceJob } from './price-job.ts';

export interface PostJobDeps {
  store: Store;
  clock: Clock;
  ids: Ids;
  matchmaker: Matchmaker;
  presence: Presence;
  defaultImages: DefaultImages;
  feeBasisPoints: number;
  simulated: SimulatedPolicy;
}

export interface PostJobInput {
  accountId: string;
  spec: JobSpecInput;
  idempotencyKey: string | null;
}

/**
 * Posts a job: holds reward and fee, then queues it. A job that no registered agent could ever run
 * is refused at once with the requirement that excludes most of them.
 */
export async function postJob(
  deps: PostJobDeps,
  input: PostJobInput,
): Promise<{ job: JobRow; replayed: boolean }> {
  checkDepth(input.spec);
  const idempotency =
    input.idempotencyKey === null
      ? null
      : { key: input.idempotencyKey, requestHash: hashText(canonicalJson(input.spec)) };
  // First of all: agents come and go, but what was posted once stays posted.
  const earlier =
    idempotency === null ? null : await deps.store.postedBefore(input.accountId, idempotency);
  if (earlier !== null) return { job: earlier, replayed: true };
  const posted = await deps.store.postJob(
    newPosting(deps, prepareJob(deps, input.spec), input.accountId, idempotency),
  );
  if (!posted.replayed) deps.matchmaker.addJob(posted.job);
  return posted;
}

/** A spec that could be posted as it is, and what it costs. */
export interface PreparedJob extends JobPrice {
  spec: JobSpec;
}

/**
 * Completes and checks a spec without storing anything. Throws REQUEST_INVALID, AMOUNT_INVALID or
 * JOB_UNSATISFIABLE.
 */
export function prepareJob(deps: PostJobDeps, input: JobSpecInput): PreparedJob {
  checkDepth(input);
  const spec = withCatalogueModels(completeJobSpec(input, deps.defaultImages));
  checkPrice(spec);
  checkSatisfiable(deps, spec);
  return { spec, ...priceJob(spec, deps.feeBasisPoints) };
}

/** What the store needs to post a prepared job for an account. */
export function newPosting(
  deps: Pick<PostJobDeps, 'clock' | 'ids'>,
  prepared: PreparedJob,
  accountId: string,
  idempotency: Idempotency | null,
): JobPosting {
  const nowMs = deps.clock.nowMs();
  const { reward, price } = prepared;
  const job = newJob(deps.ids.next('job'), accountId, prepared, nowMs);
  return {
    job,
    transfers: [
      {
        transferId: `hold:${job.jobId}`,
        debit: userAvailable(accountId),
        credit: heldForJob(job.jobId),
        asset: job.asset,
        amount: price,
        kind: 'hold',
        ref: job.jobId,
      },
    ],
    events: [
      {
        name: 'job.posted',
        atMs: nowMs,
        actor: 'requester',
        accountId,
        jobId: job.jobId,
        executionId: null,
        reason: null,
        data: { held: String(price), reward: String(reward), asset: job.asset },
      },
    ],
    openJobsMax: limits.openJobsPerAccount,
    idempotency,
  };
}

/** Turns what people type (`RTX 4090`, `a100`) into catalogue ids; a family becomes all its models. */
function withCatalogueModels(spec: JobSpec): JobSpec {
  const { gpus } = spec.resources;
  if (gpus?.models === undefined) return spec;
  const models = gpus.models.flatMap((name, index) => {
    const { candidates } = findModel({ name, memoryBytes: null, pciModel: null });
    if (candidates.length > 0) return candidates;
    const pointer = `/resources/gpus/models/${index}`;
    const detail = `"${name}" is not a known GPU model; write it as its maker does, such as "RTX 4090"`;
    throw new MarketError('REQUEST_INVALID', { errors: [{ pointer, detail }] });
  });
  return {
    ...spec,
    resources: { ...spec.resources, gpus: { ...gpus, models: [...new Set(models)] } },
  };
}

/** A script's input may be any JSON, but it has to be written down again. */
export function checkDepth({ workload }: JobSpecInput): void {
  const input = workload.kind === 'script' ? workload.input : null;
  if (!isDeeperThan(input, limits.jsonDepthMax)) return;
  const detail = `must not be nested deeper than ${limits.jsonDepthMax} levels`;
  throw new MarketError('REQUEST_INVALID', { errors: [{ pointer: '/workload/input', detail }] });
}

function newJob(
  jobId: string,
  accountId: string,
  { spec, price, feeBasisPoints }: PreparedJob,
  nowMs: number,
): JobRow {
  return {
    jobId,
    accountId,
    state: 'queued',
    reason: null,
    fault: null,
    priority: spec.priority,
    spec,
    asset: priceMax(spec.price).asset,
    price,
    feeBasisPoints,
    attempt: 0,
    executionId: null,
    agentId: null,
    notBeforeMs: null,
    queueDeadlineMs: nowMs + spec.limits.queueSec * 1_000,
    cancelRequestedAtMs: null,
    settlement: { state: 'held', charged: null, providerShare: null, fee: null, refund: null },
    output: null,
    exitCode: null,
    logLines: 0,
    logBytes: 0,
    createdAtMs: nowMs,
    queuedAtMs: nowMs,
    startedAtMs: null,
    finishedAtMs: null,
  };
}
