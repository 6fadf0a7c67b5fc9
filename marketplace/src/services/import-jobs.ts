import { MarketError, type Problem, toProblem } from '@node3/shared/error';
import { importDocument } from '@node3/shared/import/import-document';
import type { ImportedJob, ImportedStep } from '@node3/shared/import/imported-job';
import type { JobSpecInput, Price } from '@node3/shared/job-spec';
import { type Asset, add, type BaseUnits, type Money, toMoney, zero } from '@node3/shared/money';
import type { ImportQuery, ImportReply } from '@node3/shared/routes/job-import';
import { importOptionsOf, importPriceOf } from '../domain/import-terms.ts';
import type { Idempotency, JobPosting } from '../store/job-store.ts';
import { checkInputs } from './check-inputs.ts';
import { invalid, specProblems } from './check-template.ts';
import { completeSpec } from './complete-spec.ts';
import { composePosting, hashRequest, type PostJobDeps, prepareJob } from './post-job.ts';
import { findPosted, type Posted, storeTogether } from './post-jobs-together.ts';
import { priceJob } from './price-job.ts';

export interface ImportRequest {
  accountId: string;
  keyId: string | null;
  document: unknown;
  query: ImportQuery;
}

/** The label by which the jobs of one document are found and cancelled. */
const importLabel = 'import';

/** What would be posted, and what each job would be refused with now; the balance is not looked at. */
export function previewImport(
  deps: PostJobDeps,
  { accountId, document, query }: ImportRequest,
): ImportReply {
  const imported = importDocument(document, query.format, importOptionsOf(query));
  const price = importPriceOf(query);
  const { format, warnings } = imported;
  const jobs = imported.jobs.map(({ name, after, spec }) => {
    const row = { name, after, jobId: null, state: null };
    if (price === null) return { ...row, spec };
    const priced = { ...spec, price };
    const problem = refusalOf(deps, accountId, priced);
    return { ...row, spec: priced, ...(problem !== null && { problem }) };
  });
  return {
    format,
    dryRun: true,
    jobs,
    warnings,
    label: null,
    total: totalOf(deps, imported, price),
  };
}

function refusalOf(deps: PostJobDeps, accountId: string, spec: JobSpecInput): Problem | null {
  try {
    checkSpec(spec);
    prepareJob(deps, spec, accountId);
    return null;
  } catch (error) {
    if (!(error instanceof MarketError)) throw error;
    return toProblem(error);
  }
}

function checkSpec(spec: JobSpecInput): void {
  const problems = specProblems(spec);
  if (problems.length > 0) throw invalid(problems);
}

function totalOf(
  deps: Pick<PostJobDeps, 'defaultImages' | 'feeBasisPoints'>,
  { jobs }: ImportedJob,
  price: Price | null,
): Money | null {
  if (price === null) return null;
  const { asset } = price.kind === 'fixed' ? price.reward : price.cap;
  const prices = jobs.map(({ spec }) => {
    const whole = completeSpec({ ...spec, price }, deps.defaultImages);
    return priceJob(whole, deps.feeBasisPoints).price;
  });
  return sumOf(prices, asset);
}

/**
 * Posts the jobs of a document in one transaction: all, or none. Throws IMPORT_REFUSED, and what a
 * posting of each job is refused with, with its name as `step`.
 */
export async function importJobs(
  deps: PostJobDeps,
  request: ImportRequest & { idempotencyKey: string | null },
): Promise<{ answer: ImportReply; replayed: boolean }> {
  const { document, query, accountId } = request;
  const ids = new Map<string, string>();
  const jobIdOf = (name: string) => {
    const jobId = ids.get(name) ?? deps.ids.next('job');
    ids.set(name, jobId);
    return jobId;
  };
  const imported = importDocument(document, query.format, { ...importOptionsOf(query), jobIdOf });
  const keys = keysOf(deps, request, imported.jobs.length);
  const posted =
    (await findPosted(deps, accountId, keys)) ??
    (await postAll(deps, request, { steps: imported.jobs, keys, jobIdOf }));
  return { answer: answerOf(imported, posted), replayed: posted.some(({ replayed }) => replayed) };
}

/** With a space, which no header can have: no other request's key is the same. */
function keysOf(
  deps: PostJobDeps,
  { document, query, idempotencyKey }: ImportRequest & { idempotencyKey: string | null },
  count: number,
): Idempotency[] {
  if (idempotencyKey === null) return [];
  const requestHash = hashRequest(deps, { document, query }, undefined);
  return Array.from({ length: count }, (_, index) => ({
    key: `${idempotencyKey} ${index}`,
    requestHash,
  }));
}

interface Posting {
  steps: readonly ImportedStep[];
  keys: readonly Idempotency[];
  jobIdOf: (name: string) => string;
}

async function postAll(
  deps: PostJobDeps,
  { accountId, keyId, query }: ImportRequest,
  { steps, keys, jobIdOf }: Posting,
): Promise<Posted> {
  deps.intake.assertForNewWork(accountId);
  const price = importPriceOf(query);
  if (price === null) throw invalid([missingPrice]);
  const group = jobIdOf(steps[0]?.name ?? '');
  const postings: JobPosting[] = [];
  for (const [index, step] of steps.entries()) {
    const spec: JobSpecInput = {
      ...step.spec,
      labels: { ...step.spec.labels, [importLabel]: group },
      after: step.after.map((name) => ({ jobId: jobIdOf(name), condition: 'succeeded' as const })),
      price,
    };
    const terms = { quote: null, idempotency: keys[index] ?? null, jobId: jobIdOf(step.name) };
    // One after the other: what is wrong is told for the first.
    postings.push(
      // oxlint-disable-next-line no-await-in-loop
      await naming(step, async () => {
        checkSpec(spec);
        await checkInputs(deps, accountId, spec);
        const input = { accountId, keyId, spec, idempotencyKey: null };
        return composePosting(deps, input, terms);
      }),
    );
  }
  return storeTogether(deps, postings);
}

const missingPrice = {
  pointer: '/reward',
  detail: 'is missing: no such document has a price. Give reward, or bid and cap',
};

/** Whatever a step is refused with says which step it is. */
async function naming<T>({ name }: ImportedStep, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof MarketError)) throw error;
    throw new MarketError(error.code, { ...error.context, step: name }, { cause: error });
  }
}

function answerOf(
  { format, warnings, jobs }: ReturnType<typeof importDocument>,
  posted: Posted,
): ImportReply {
  const [first] = posted;
  const rows = jobs.map(({ name, after }, index) => {
    const job = posted[index]?.job;
    return { name, after, jobId: job?.jobId ?? null, state: job?.state ?? null };
  });
  const total =
    first === undefined
      ? null
      : sumOf(
          posted.map(({ job }) => job.price),
          first.job.asset,
        );
  const label = first?.job.spec.labels[importLabel] ?? null;
  return { format, dryRun: false, jobs: rows, warnings, label, total };
}

function sumOf(prices: readonly BaseUnits[], asset: Asset): Money {
  return toMoney(
    prices.reduce((sum, price) => add(sum, price), zero),
    asset,
  );
}
