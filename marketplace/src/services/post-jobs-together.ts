import { isClaimable } from '../domain/dependencies.ts';
import type { Idempotency, JobPosting } from '../store/job-store.ts';
import type { JobRow } from '../store/rows.ts';
import { checkInputs } from './check-inputs.ts';
import { checkDepth } from './complete-spec.ts';
import { composePosting, idempotencyOf, type PostJobDeps, type PostJobInput } from './post-job.ts';

export type Posted = { job: JobRow; replayed: boolean }[];

/**
 * Posts jobs of one account in one transaction: all, or none. All have an idempotency key, or none has.
 * Throws what a posting of each is refused with.
 */
export async function postJobsTogether(
  deps: PostJobDeps,
  inputs: readonly PostJobInput[],
): Promise<Posted> {
  for (const { spec } of inputs) checkDepth(spec);
  const keys = inputs.map((input) => idempotencyOf(deps, input));
  const earlier = await findPosted(deps, inputs[0]?.accountId ?? '', keys);
  if (earlier !== null) return earlier;
  for (const { accountId } of inputs) deps.intake.assertForNewWork(accountId);
  await Promise.all(inputs.map(async ({ accountId, spec }) => checkInputs(deps, accountId, spec)));
  const postings = inputs.map((input, index) =>
    composePosting(deps, input, { quote: null, idempotency: keys[index] ?? null }),
  );
  return storeTogether(deps, postings);
}

/** The jobs of an earlier request with the same keys; null where the first is not there, and so none. */
export async function findPosted(
  { store }: Pick<PostJobDeps, 'store'>,
  accountId: string,
  keys: readonly (Idempotency | null)[],
): Promise<Posted | null> {
  const [first = null] = keys;
  if (first === null || (await store.postedBefore(accountId, first)) === null) return null;
  const rows = await Promise.all(
    keys.map(async (key) => (key === null ? null : store.postedBefore(accountId, key))),
  );
  return rows.flatMap((job) => (job === null ? [] : [{ job, replayed: true }]));
}

/** Stores postings in one transaction, and tells the matchmaker of those that may run. */
export async function storeTogether(
  { store, matchmaker }: Pick<PostJobDeps, 'store' | 'matchmaker'>,
  postings: readonly JobPosting[],
): Promise<Posted> {
  const posted = await store.postJobsTogether(postings);
  for (const { job, replayed } of posted) {
    if (!replayed && isClaimable(job)) matchmaker.addJob(job);
  }
  return posted;
}
