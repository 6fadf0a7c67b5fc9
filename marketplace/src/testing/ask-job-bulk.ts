import type { RouteContract } from '@node3/shared/contract';
import * as explainRoutes from '@node3/shared/routes/explain';
import * as bulkRoutes from '@node3/shared/routes/job-bulk';
import { importJobs } from '@node3/shared/routes/job-import';
import { testJob } from './test-marketplace.ts';

/** Asks every endpoint for many jobs at once, for those of documents, for jobs again, and for explanations. */
export async function askJobBulk(
  ask: (contract: RouteContract, args: object) => Promise<unknown>,
): Promise<void> {
  await ask(explainRoutes.explainSpec, { body: testJob() });
  const job = { ...testJob(), labels: { asked: 'bulk' } };
  const posted = await ask(bulkRoutes.createJobs, { body: { jobs: [job, { wrong: true }] } });
  const [first] = (posted as { data: { jobId?: string }[] }).data;
  const jobId = first?.jobId;
  await ask(explainRoutes.explainJob, { params: { jobId } });
  const operation = { type: 'container/run', id: 'asked', args: { image: 'alpine:3' } };
  const document = { version: '0.1', type: 'container', ops: [operation] };
  await ask(importJobs, { body: document, query: { dryRun: true } });
  await ask(importJobs, { body: document, query: { reward: '0.001' } });
  await ask(bulkRoutes.cancelJobs, { body: { jobIds: [jobId] } });
  await ask(bulkRoutes.rerunJob, { params: { jobId }, body: {} });
}
