import { MarketError, toProblem } from '@node3/shared/error';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import type { BatchRow } from '@node3/shared/routes/job-bulk';
import type { Idempotency } from '../store/job-store.ts';
import type { JobRow } from '../store/rows.ts';
import { checkInputs } from './check-inputs.ts';
import { invalid, specProblems } from './check-template.ts';
import { checkDepth } from './complete-spec.ts';
import { copiesOf, openFanOut } from './fan-out.ts';
import { composePosting, hashRequest, type PostJobDeps, storePosting } from './post-job.ts';

export interface PostJobsInput {
  accountId: string;
  keyId: string | null;
  /** Not checked yet: what is wrong with one job is no reason to refuse the others. */
  specs: readonly unknown[];
  /** Covers the whole batch: each job has it with its place behind. */
  idempotencyKey: string | null;
}

/**
 * Posts many jobs and answers for each one. All are queued to the store in one turn of the event loop,
 * so that they share its commit. Throws only what leaves open whether they were posted.
 */
export async function postJobs(deps: PostJobDeps, input: PostJobsInput): Promise<BatchRow[]> {
  const { accountId, specs, idempotencyKey } = input;
  const keys = idempotencyKey === null ? [] : keysOf(deps, idempotencyKey, specs);
  // Before anything is checked: agents come and go, but what was posted once stays posted.
  const earlier = await Promise.allSettled(
    keys.map((key) => deps.store.postedBefore(accountId, key)),
  );
  const posted = specs.map((spec, index) => {
    const before = earlier[index];
    if (before?.status === 'rejected') return Promise.reject(before.reason as Error);
    const job = before?.value ?? null;
    return job === null
      ? postOne(deps, input, spec, keys[index] ?? null)
      : Promise.resolve({ job, replayed: true });
  });
  const rows = await Promise.allSettled(posted);
  return rows.map((row) => (row.status === 'fulfilled' ? rowOf(row.value) : refusal(row.reason)));
}

/** Posts each job so many times. Throws REQUEST_INVALID where that is too many. */
export async function postCopies(
  deps: PostJobDeps,
  input: PostJobsInput & { copies: number },
): Promise<{ data: BatchRow[]; fanOut: string }> {
  const { accountId, copies, idempotencyKey, specs } = input;
  if (specs.length * copies > limits.jobsPerBatch) {
    const detail = `must make at most ${limits.jobsPerBatch} jobs of ${specs.length}`;
    throw invalid([{ pointer: '/copies', detail }]);
  }
  if (Buffer.byteLength(JSON.stringify(specs)) * copies > limits.batchBodyBytes) {
    const detail = `must make at most ${limits.batchBodyBytes} bytes of jobs, as they would be without it`;
    throw invalid([{ pointer: '/copies', detail }]);
  }
  const fanOut = openFanOut(deps, accountId, copies, idempotencyKey);
  const data = await postJobs(deps, { ...input, specs: [...copiesOf(specs, fanOut)] });
  return { data, fanOut: fanOut.group };
}

/** With a space, which no header can have: no other request's key is the same. */
function keysOf(deps: PostJobDeps, key: string, specs: readonly unknown[]): Idempotency[] {
  return specs.map((spec, index) => ({
    key: `${key} ${index}`,
    requestHash: hashRequest(deps, spec, (spec as Partial<JobSpecInput> | null)?.secrets),
  }));
}

function postOne(
  deps: PostJobDeps,
  { accountId, keyId }: PostJobsInput,
  spec: unknown,
  idempotency: Idempotency | null,
): Promise<{ job: JobRow; replayed: boolean }> {
  try {
    deps.intake.assertForNewWork(accountId);
    const checked = readSpec(spec);
    const input = { accountId, keyId, spec: checked, idempotencyKey: null };
    const post = () =>
      storePosting(deps, composePosting(deps, input, { quote: null, idempotency }));
    return checkInputs(deps, accountId, checked)?.then(post) ?? post();
  } catch (error) {
    return Promise.reject(error);
  }
}

function readSpec(spec: unknown): JobSpecInput {
  const problems = specProblems(spec);
  if (problems.length > 0) throw invalid(problems);
  const checked = spec as JobSpecInput;
  checkDepth(checked);
  return checked;
}

function rowOf({ job, replayed }: { job: JobRow; replayed: boolean }): BatchRow {
  const { jobId, state } = job;
  return replayed ? { jobId, state, replayed } : { jobId, state };
}

function refusal(error: unknown): BatchRow {
  if (error instanceof MarketError && error.status < 500) return { problem: toProblem(error) };
  throw error;
}
