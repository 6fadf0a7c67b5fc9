import { createJob } from '@node3/shared/routes/jobs';
import { listPublicAgents } from '@node3/shared/routes/marketplace';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;

beforeEach(async () => {
  market = await startTestMarketplace();
});
afterEach(() => market.stop());

describe('a posted job', () => {
  it('wakes an agent that wants work, not one that only listens', async () => {
    const requester = await openFundedAccount(market);
    const [listener, worker] = await Promise.all([
      registerTestAgent(market, 'listener'),
      registerTestAgent(market, 'worker'),
    ]);
    // The listener has the better score: nothing runs on its many slots.
    const listening = testAgentCalls(listener.client, { slots: 64 }).poll({
      claimId: null,
      waitSec: 2,
    });
    const working = testAgentCalls(worker.client, { slots: 1 }).poll({ waitSec: 10 });
    await vi.waitFor(async () => {
      const { data } = await market.anonymous.call(listPublicAgents, {});
      expect(data.map(({ status }) => status)).toEqual(['online', 'online']);
    });
    const { jobId } = await requester.client.call(createJob, { body: testJob() });
    expect(await working).toMatchObject([{ type: 'offer', jobId }]);
    expect(await listening).toEqual([]);
  });
});
