import type { RouteContract } from '@node3/shared/contract';
import type { HodeiJobView } from '@node3/shared/routes/hodei';
import * as jobs from '@node3/shared/routes/hodei';
import * as platform from '@node3/shared/routes/hodei-platform';

type Ask = (contract: RouteContract, apiKey: string | null, args?: object) => Promise<unknown>;

/** Asks every endpoint of Hodei's REST once. */
export async function askHodei(
  ask: Ask,
  { requester, operator }: { requester: string; operator: string },
): Promise<void> {
  const spec = { name: 'hello', command: ['echo', 'hello'], image: 'alpine:3' };
  const body = { spec, correlation_id: 'corr-1', job_id: 'client-1' };
  const posted = (await ask(jobs.hodeiCreateJob, requester, { body })) as { data: HodeiJobView };
  const params = { jobId: posted.data.job_id };
  await ask(jobs.hodeiListJobs, requester, { query: { status: 'PENDING', search_term: 'hello' } });
  await ask(jobs.hodeiGetJob, requester, { params });
  await ask(jobs.hodeiJobLogs, requester, { params });
  await ask(jobs.hodeiCancelJob, requester, { params });
  await ask(platform.hodeiAuditLogs, requester, { query: { correlation_id: 'corr-1' } });
  await ask(platform.hodeiHealth, null);
  await ask(platform.hodeiOwnHealth, null);
  await ask(platform.hodeiStats, requester);
  await ask(platform.hodeiMetrics, requester, { query: { range: '1H' } });
  const provider = { name: 'k8s-eu', provider_type: 'kubernetes', token: 'open sesame' };
  await ask(platform.hodeiRegisterProvider, operator, { body: provider });
  await ask(platform.hodeiListProviders, requester);
  const named = { params: { provider: 'k8s-eu' } };
  await ask(platform.hodeiGetProvider, requester, named);
  await ask(platform.hodeiDisableProvider, operator, named);
  await ask(platform.hodeiEnableProvider, operator, named);
}
