import { heartbeatAgent } from '@node3/shared/routes/agents';
import { getJobResources } from '@node3/shared/routes/job-resources';
import { createJob } from '@node3/shared/routes/jobs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fenceOf, testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
beforeAll(async () => {
  market = await startTestMarketplace();
});
afterAll(() => market.stop());

const reading = {
  ageMs: 100,
  cpuCores: 1.5,
  memoryBytes: 4_096,
  gpuUtilizationRatio: 0.5,
  gpuMemoryBytes: null,
};

describe('[9.09] what a job uses', () => {
  it('comes with heartbeats, and stays when the job is over', async () => {
    const requester = await openFundedAccount(market);
    const agent = await registerTestAgent(market);
    const calls = testAgentCalls(agent.client);
    const { jobId } = await requester.client.call(createJob, { body: testJob() });
    const read = (attempt?: number) =>
      requester.client.call(getJobResources, {
        params: { jobId },
        query: attempt === undefined ? {} : { attempt },
      });
    const nothing = { points: [], intervalMs: null, summary: null };
    expect(await read()).toMatchObject({ attempt: null, live: false, ...nothing });
    const offer = await calls.offer();
    await calls.run(offer);
    expect(await read()).toMatchObject({ attempt: 1, live: true, ...nothing });
    const { executionId } = offer;
    const beat = (leaseToken: string) =>
      agent.client.call(heartbeatAgent, {
        body: {
          instanceId: 'instance-0000000001',
          executions: [{ executionId, ...fenceOf(offer), leaseToken }],
          samples: [],
          usage: [{ executionId, readings: [reading] }],
        },
      });
    await beat('not-the-token-of-the-lease');
    expect((await read()).summary).toBeNull();
    await beat(fenceOf(offer).leaseToken);
    const live = await read();
    const point = { cpuCores: 1.5, memoryBytes: 4_096, gpuUtilizationRatio: 0.5 };
    expect(live).toMatchObject({ live: true, intervalMs: 2_000, executionId });
    expect(live.points).toMatchObject([{ ...point, gpuMemoryBytes: null }]);
    expect(live.summary).toMatchObject({ readings: 1, memoryBytesPeak: 4_096 });
    await calls.report(offer);
    await expect.poll(() => read(), { timeout: 30_000 }).toMatchObject({ live: false });
    await expect.poll(() => market.store.executionUsage(executionId)).not.toBeNull();
    expect(await read()).toMatchObject({ points: live.points, summary: live.summary });
    expect(await read(2)).toMatchObject({ attempt: null, ...nothing });
  });

  it('is for whose job it is', async () => {
    const requester = await openFundedAccount(market);
    const stranger = await openFundedAccount(market);
    const { jobId } = await requester.client.call(createJob, { body: testJob() });
    const call = stranger.client.call(getJobResources, { params: { jobId }, query: {} });
    await expect(call).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
  });
});
