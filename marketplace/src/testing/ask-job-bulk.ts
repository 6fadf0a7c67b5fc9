import type { RouteContract } from '@node3/shared/contract';
import * as explainRoutes from '@node3/shared/routes/explain';
import * as bulkRoutes from '@node3/shared/routes/job-bulk';
import { testJob } from './test-marketplace.ts';

/** Asks every endpoint for many jobs at once, for jobs again, and for explanations. */
export async function askJobBulk(
  ask: (contract: RouteContract, args: object) => Promise<unknown>,
): Promise<void> {
  await ask(explainRoutes.explainSpec, { body: testJob() });
  const job = { ...testJob(), labels: { asked: 'bulk' } };
  const posted = await ask(bulkRoutes.createJobs, { body: { jobs: [job, { wrong: true }] } });
  const [first] = (posted as { data: { jobId?: string }[] }).data;
  const jobId = first?.jobId;
  await ask(explainRoutes.explainJob, { params: { jobId } });
  await ask(bulkRoutes.cancelJobs, { body: { jobIds: [jobId] } });
  await ask(bulkRoutes.rerunJob, { params: { jobId }, body: {} });
}
