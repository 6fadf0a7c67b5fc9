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

  it('goes to an agent that knows its image where it would rather, else to the best', async () => {
    const requester = await openFundedAccount(market);
    const registered = await Promise.all([
      registerTestAgent(market, 'knows'),
      registerTestAgent(market, 'fresh'),
    ]);
    const [knows, fresh] = registered.map(({ client }) => testAgentCalls(client, { slots: 2 }));
    if (knows === undefined || fresh === undefined) throw new Error('two agents have registered');
    const workload = { kind: 'container' as const, image: 'seldom', command: ['true'] };
    const post = (strategy: 'affinity' | 'score') =>
      requester.client.call(createJob, { body: testJob({ workload, placement: { strategy } }) });
    await post('score');
    const first = await knows.offer();
    await knows.run(first);
    await knows.report(first, { outcome: 'failed', reason: 'nonzero_exit', exitCode: 1 });
    for (const [strategy, isKnown] of [
      ['affinity', true],
      ['score', false],
    ] as const) {
      const waits = [knows, fresh].map((calls) => calls.poll({ waitSec: 3 }));
      // Both have to wait before there is a choice.
      await vi.waitFor(async () => {
        const { data } = await market.anonymous.call(listPublicAgents, {});
        expect(data.map(({ status }) => status)).toEqual(['online', 'online']);
      });
      const { jobId } = await post(strategy);
      const offers = await Promise.all(waits);
      const got = offers.map((messages) =>
        messages.some((message) => message.type === 'offer' && message.jobId === jobId),
      );
      expect([strategy, ...got]).toEqual([strategy, isKnown, !isKnown]);
    }
  });
});
