import { canonicalJson } from '@node3/shared/canonical-json';
import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { Ids } from '@node3/shared/ids';
import type { DefaultImages, JobSpec, JobSpecInput } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { priceMax } from '@node3/shared/metering';
import type { Asset } from '@node3/shared/money';
import { isClaimable } from '../domain/dependencies.ts';
import { heldForJob, userAvailable } from '../domain/ledger-accounts.ts';
import { needsOf, type SimulatedPolicy } from '../domain/matching.ts';
import type { Caps } from '../domain/spending-caps.ts';
import type { Matchmaker } from '../matching/matchmaker.ts';
import type { Idempotency, JobPosting, Reuse } from '../store/job-store.ts';
import type { QuoteRow } from '../store/quote-store.ts';
import type { JobRow } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { hashText } from './api-key.ts';
import { cacheKeyOf, checkAfter, checkCache } from './cache-key.ts';
import { checkInputs } from './check-inputs.ts';
import { checkSatisfiable } from './check-satisfiable.ts';
import { invalid } from './check-template.ts';
import { checkDepth, completeSpec, hashSpec } from './complete-spec.ts';
import type { Intake } from './intake.ts';
import { isWithoutSecrets, type JobExtras, readSecrets, storedSpec } from './job-secrets.ts';
import type { Presence } from './presence.ts';
import { type JobPrice, priceJob } from './price-job.ts';
import type { SecretSealer } from './secret-sealer.ts';

export interface PostJobDeps {
  store: Store;
  clock: Clock;
  ids: Ids;
  matchmaker: Matchmaker;
  presence: Presence;
  defaultImages: DefaultImages;
  feeBasisPoints: number;
  simulated: SimulatedPolicy;
  /** Caps that hold for every account, whatever it sets for itself. */
  operatorCaps: Record<Asset, Caps>;
  /** The longest inline code that is taken. */
  codeBytesMax: number;
  sealer: SecretSealer;
  intake: Pick<Intake, 'assertOpen' | 'assertForNewWork'>;
}

export interface PostJobInput extends JobExtras {
  accountId: string;
  /** The key it is posted with, whose caps hold; null for the operator's key. */
  keyId: string | null;
  spec: JobSpecInput;
  idempotencyKey: string | null;
  /** A firm quote for this spec, whose price then holds whatever changed since. */
  quoteId?: string | null;
  /** Stands for what was asked for, where that was not the spec itself. */
  requestHash?: string;
  /** The job that it repeats: it runs anew, whatever result there is already. */
  rerunOf?: string;
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
  const idempotency = idempotencyOf(deps, input);
  // First of all: agents come and go, but what was posted once stays posted.
  const earlier =
    idempotency === null ? null : await deps.store.postedBefore(input.accountId, idempotency);
  if (earlier !== null) return { job: earlier, replayed: true };
  deps.intake.assertForNewWork(input.accountId);
  const checking = checkInputs(deps, input.accountId, input.spec);
  if (checking !== null) await checking;
  const quote = await findQuote(deps, input);
  return storePosting(deps, composePosting(deps, input, { quote, idempotency }));
}

interface PostingTerms {
  quote: QuoteRow | null;
  idempotency: Idempotency | null;
  /** One that was told to others already; a new one without it. */
  jobId?: string | undefined;
}

/** What is to be stored for a checked request; throws what `prepareJob` throws. */
export function composePosting(
  deps: PostJobDeps,
  input: PostJobInput,
  { quote, idempotency, jobId }: PostingTerms,
): JobPosting {
  const prepared = prepareJob(deps, input.spec, input.accountId, quote);
  const posting = newPosting(deps, prepared, input.accountId, { idempotency, jobId });
  const secrets = readSecrets(input.spec, input);
  const spec = storedSpec(deps.sealer, posting.job.jobId, posting.job.spec, {
    secrets,
    origin: input.origin,
  });
  // What a secret has gone into is nobody's result but this job's.
  const cacheKey = isWithoutSecrets(secrets) ? cacheKeyOf(prepared.spec) : null;
  const rerunOf = input.rerunOf ?? null;
  return {
    ...posting,
    job: { ...posting.job, spec, apiKeyId: input.keyId, cacheKey, rerunOf },
    caps: { operator: deps.operatorCaps },
    reuse: rerunOf === null ? reuseOf(posting.job, cacheKey) : null,
  };
}

function reuseOf({ spec, createdAtMs }: JobRow, cacheKey: string | null): Reuse | null {
  if (cacheKey === null || spec.cache === null) return null;
  return { cacheKey, finishedAfterMs: createdAtMs - spec.cache.maxAgeSec * 1_000 };
}

/** Queues a posting to the store, and tells the matchmaker of the job. */
export function storePosting(
  deps: Pick<PostJobDeps, 'store' | 'matchmaker'>,
  posting: JobPosting,
): Promise<{ job: JobRow; replayed: boolean }> {
  const stored = deps.store.postJob(posting);
  // In the same turn: an idle agent's claim goes into the commit of the posting.
  if (posting.job.spec.after.length === 0 && posting.reuse === null) {
    deps.matchmaker.addPosting(posting.job, stored);
    return stored;
  }
  return addOnceStored(deps.matchmaker, stored);
}

/** Only the store knows whether this one is to run at all, and when. */
async function addOnceStored(
  matchmaker: Matchmaker,
  stored: Promise<{ job: JobRow; replayed: boolean }>,
) {
  const posted = await stored;
  if (!posted.replayed && isClaimable(posted.job)) matchmaker.addJob(posted.job);
  return posted;
}

/** null for what was posted without a key. */
export function idempotencyOf(
  deps: PostJobDeps,
  { spec, idempotencyKey: key, requestHash }: PostJobInput,
): Idempotency | null {
  if (key === null) return null;
  return { key, requestHash: requestHash ?? hashRequest(deps, spec, spec.secrets) };
}

/** A plain hash would let whoever reads the database guess the secrets in it. */
export function hashRequest(
  { sealer }: Pick<PostJobDeps, 'sealer'>,
  request: unknown,
  secrets: unknown,
): string {
  const text = canonicalJson(request);
  return secrets === undefined ? hashText(text) : sealer.digest(text);
}

/** The quote that was given for exactly this spec. Whether it may still be used, the store decides. */
async function findQuote(deps: PostJobDeps, input: PostJobInput): Promise<QuoteRow | null> {
  const { quoteId = null, spec } = input;
  if (quoteId === null) return null;
  const quote = await deps.store.quote(quoteId);
  if (quote === null) throw new MarketError('QUOTE_EXPIRED', { quoteId });
  const specHash = hashSpec(completeSpec(spec, deps.defaultImages));
  if (quote.specHash === specHash) return quote;
  throw new MarketError('QUOTE_MISMATCH', { quoteId, quoted: quote.specHash, posted: specHash });
}

/** A spec that could be posted as it is, and what it costs. */
export interface PreparedJob extends JobPrice {
  spec: JobSpec;
  /** The quote that the price is taken from. */
  quoteId: string | null;
}

/**
 * Completes and checks a spec without storing anything. Throws REQUEST_INVALID, AMOUNT_INVALID or
 * JOB_UNSATISFIABLE.
 */
export function prepareJob(
  deps: PostJobDeps,
  input: JobSpecInput,
  requesterId: string | null,
  quote: QuoteRow | null = null,
): PreparedJob {
  const spec = completeSpec(input, deps.defaultImages);
  checkCode(spec, deps.codeBytesMax);
  checkAfter(spec);
  checkCache(spec);
  checkSatisfiable(deps, needsOf(spec, requesterId));
  const quoteId = quote?.quoteId ?? null;
  return { spec, quoteId, ...priceJob(spec, quote?.feeBasisPoints ?? deps.feeBasisPoints) };
}

function checkCode({ workload }: JobSpec, bytesMax: number): void {
  if (workload.kind !== 'script' || Buffer.byteLength(workload.code) <= bytesMax) return;
  const detail = `must have at most ${bytesMax} bytes here; longer code is an input file of the job`;
  throw invalid([{ pointer: '/workload/code', detail }]);
}

/** What the store needs to post a prepared job for an account. */
export function newPosting(
  deps: Pick<PostJobDeps, 'clock' | 'ids' | 'matchmaker'>,
  prepared: PreparedJob,
  accountId: string,
  { idempotency, jobId = deps.ids.next('job') }: Omit<PostingTerms, 'quote'>,
): JobPosting {
  const nowMs = deps.clock.nowMs();
  const { reward, price } = prepared;
  const gpus = prepared.spec.resources.gpus?.count ?? 0;
  const fairMs = deps.matchmaker.nextFairMs(accountId, gpus);
  const job = newJob(jobId, accountId, prepared, { nowMs, fairMs });
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
    caps: null,
    quoteId: prepared.quoteId,
    idempotency,
    reuse: null,
  };
}

function newJob(
  jobId: string,
  accountId: string,
  { spec, price, feeBasisPoints }: PreparedJob,
  { nowMs, fairMs }: { nowMs: number; fairMs: number },
): JobRow {
  return {
    jobId,
    accountId,
    apiKeyId: null,
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
    fairMs,
    queueDeadlineMs: nowMs + spec.limits.queueSec * 1_000,
    cancelRequestedAtMs: null,
    failures: [],
    dependenciesOpen: 0,
    rerunOf: null,
    cachedFrom: null,
    cacheKey: null,
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
