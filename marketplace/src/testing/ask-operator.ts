import type { RouteContract } from '@node3/shared/contract';
import { type Account, getAccount } from '@node3/shared/routes/accounts';
import * as accounts from '@node3/shared/routes/admin-accounts';
import * as jobs from '@node3/shared/routes/admin-jobs';
import { getAdminOverview } from '@node3/shared/routes/admin-overview';
import * as deliveries from '@node3/shared/routes/admin-webhooks';
import * as metrics from '@node3/shared/routes/job-metrics';
import * as keys from '@node3/shared/routes/keys';
import * as switches from '@node3/shared/routes/switches';

type Ask = (contract: RouteContract, apiKey: string | null, args?: object) => Promise<unknown>;

interface Asked {
  operator: string;
  requester: string;
  jobId: string;
}

/** Asks every endpoint of the operator's pages once. The account is as it was afterwards. */
export async function askOperator(ask: Ask, asked: Asked): Promise<void> {
  const { operator, requester, jobId } = asked;
  const { accountId } = (await ask(getAccount, requester)) as Account;
  await ask(getAdminOverview, operator);
  await ask(jobs.listAdminJobs, operator, { query: { state: 'queued,failed', accountId } });
  await ask(jobs.listQueue, operator, { query: { limit: 2 } });
  await ask(jobs.explainAdminJob, operator, { params: { jobId } });
  for (const range of metrics.metricsRanges) {
    await ask(metrics.getJobMetrics, requester, { query: { range } });
    await ask(metrics.getAdminJobMetrics, operator, { query: { range } });
  }
  for (const on of [true, false]) {
    const body = { on, reason: 'only a test' };
    await ask(switches.setSwitch, operator, { params: { name: 'pause-matching' }, body });
  }
  await ask(switches.listSwitches, null);
  const params = { accountId };
  await ask(accounts.listAccounts, operator, { query: { search: accountId } });
  await ask(accounts.getAdminAccount, operator, { params });
  await ask(accounts.getAdminAccountUsage, operator, { params, query: {} });
  await ask(accounts.suspendAccount, operator, { params, body: { reason: 'only a test' } });
  await ask(accounts.restoreAccount, operator, { params, body: { reason: 'only a test' } });
  const made = await ask(keys.createKey, requester, { body: { name: 'to be revoked' } });
  const { keyId } = made as { keyId: string };
  await ask(accounts.revokeAccountKey, operator, { params: { accountId, keyId } });
}

/** The same for webhooks: one delivery has to be there. */
export async function askAdminDeliveries(ask: Ask, operator: string): Promise<void> {
  const page = await ask(deliveries.listAdminDeliveries, operator, { query: { state: 'all' } });
  const [delivery] = (page as { data: deliveries.AdminDelivery[] }).data;
  const params = { deliveryId: delivery?.deliveryId ?? '' };
  await ask(deliveries.getAdminDelivery, operator, { params });
  await ask(deliveries.replayAdminDelivery, operator, { params });
}
