import { createJob } from '@node3/shared/routes/jobs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeedAgent } from '../../../testing/seed-agent.ts';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
  testWallet,
} from '../../../testing/test-marketplace.ts';

let market: TestMarketplace;

beforeAll(async () => {
  market = await startTestMarketplace();
});
afterAll(() => market.stop());

const read = async (path: string) => (await fetch(`${market.url}${path}`)).json();

describe('what the seed lets everybody read', () => {
  it('[3.01] [3.03] is what agents and jobs are and did, and null for what nobody knows', async () => {
    const agent = new SeedAgent(market.url, testWallet().address);
    const id = (await agent.register()).body.agent_id;
    const { client } = await openFundedAccount(market);
    const workload = { kind: 'container' as const, image: 'python', command: ['true'] };
    const { jobId } = await client.call(createJob, { body: testJob({ workload }) });
    const shown = {
      id,
      gpu_model: 'NVIDIA RTX 4090',
      gpu_vendor: 'nvidia',
      gpu_count: 1,
      jobs_completed: 0,
      uptime: null,
      rate: null,
    };
    await agent.available();
    const before = { available_jobs: 1, accepted_jobs: 0, registered_agents: 1 };
    expect(await read('/api/status')).toMatchObject({ status: 'running', ...before });
    const [open] = ((await read('/api/jobs')) as { available: object[] }).available;
    expect(open).toMatchObject({ job_id: jobId, job_type: 'container', reward: 0.001 });
    expect(open).not.toHaveProperty('command');

    await agent.accept(jobId);
    await agent.call(`/api/jobs/${jobId}/complete`, { output_data: {}, execution_time: 1 });
    // One presence is little evidence: it counts as two of three. The lists that everybody may read are
    // worked out anew after a quarter of a second.
    await expect
      .poll(() => read('/api/marketplace/agents'), { timeout: 10_000 })
      .toMatchObject({
        agents: [{ ...shown, jobs_completed: 1, uptime: expect.closeTo(66.7, 1) }],
      });
    expect(await read('/api/jobs')).toEqual({ available: [], accepted: [] });

    await agent.available();
    const headers = { 'x-api-key': market.adminApiKey };
    const load = await fetch(`${market.url}/api/admin/load-balancer`, { headers });
    expect(await load.json()).toMatchObject({
      total_agents: 1,
      current_load: 0,
      total_jobs_queued: 1,
      total_jobs_assigned: 1,
      agents: [{ agent_id: id, total_completed: 1, avg_time: expect.any(Number) }],
    });
  });
});
