import { createClient } from '@node3/shared/client';
import { systemClock } from '@node3/shared/clock';
import { baseUnits } from '@node3/shared/money';
import { createAccount } from '@node3/shared/routes/accounts';
import { createJob } from '@node3/shared/routes/jobs';
import { getPublicAgent, listPublicJobs } from '@node3/shared/routes/marketplace';
import { listRatings, rateJob } from '@node3/shared/routes/ratings';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { creditDeposit } from '../services/claim-deposit.ts';
import { testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
let agent: Awaited<ReturnType<typeof registerTestAgent>>;

beforeAll(async () => {
  market = await startTestMarketplace();
  agent = await registerTestAgent(market);
});
afterAll(() => market.stop());

const view = () => market.anonymous.call(getPublicAgent, { params: { agentId: agent.agentId } });

describe('what is known of an agent', () => {
  it('[3.04] [3.05] is nothing at first, then every axis with its counts, and the stars of who paid', async () => {
    const unknown = { value: null, weight: 0, count: 0 };
    expect(await view()).toMatchObject({
      avgRunSec: null,
      rating: { mean: null, count: 0 },
      reputation: { availability: unknown, completion: unknown, correctness: unknown },
      uptime: { since: null, periods: [{ days: 7, share: null, before: null }, { days: 30 }] },
    });
    const { client } = await openFundedAccount(market);
    const { jobId } = await client.call(createJob, { body: testJob() });
    const params = { jobId };
    const early = client.call(rateJob, { params, body: { stars: 5 } });
    await expect(early).rejects.toMatchObject({ code: 'JOB_STATE_INVALID' });
    const calls = testAgentCalls(agent.client);
    const offer = await calls.offer();
    await calls.run(offer);
    await calls.report(offer);
    const body = { stars: 4, comment: 'Quick.' };
    expect(await client.call(rateJob, { params, body })).toMatchObject({ jobId, ...body });
    const again = client.call(rateJob, { params, body: { stars: 1 } });
    await expect(again).rejects.toMatchObject({ code: 'RATING_EXISTS' });
    const seen = { value: expect.closeTo(2 / 3), weight: expect.closeTo(1), count: 1 };
    expect(await view()).toMatchObject({
      rating: { mean: 4, count: 1 },
      reputation: { availability: seen, completion: seen, correctness: unknown },
    });
    const listing = { params: { agentId: agent.agentId } };
    expect((await market.anonymous.call(listRatings, listing)).data).toMatchObject([body]);
  });

  it('says nothing of jobs that its own wallet paid for', async () => {
    const own = await registerTestAgent(market, 'own');
    const proof = await own.wallet.prove(market.anonymous, 'account.create');
    const { account, apiKey } = await market.anonymous.call(createAccount, { body: proof });
    const credited = [{ asset: 'SOL' as const, amount: baseUnits(10n ** 9n) }];
    const deps = { store: market.store, clock: systemClock };
    await creditDeposit(deps, account.accountId, 'own', credited);
    const client = createClient({ baseUrl: market.url, apiKey });
    const placement = { agents: [own.agentId] };
    const calls = testAgentCalls(own.client);
    const runOne = async (poster: typeof client, result = {}) => {
      const { jobId } = await poster.call(createJob, {
        body: testJob({ placement, retry: { attemptsMax: 1 } }),
      });
      const offer = await calls.offer();
      expect(offer.jobId).toBe(jobId);
      await calls.run(offer);
      await calls.report(offer, result);
    };
    const stranger = await openFundedAccount(market);
    const fault = { outcome: 'failed', reason: 'engine_error', exitCode: null } as const;
    await calls.poll();
    for (let i = 0; i < 2; i += 1) await runOne(stranger.client, fault);
    await runOne(client);
    const params = { agentId: own.agentId };
    expect(await market.anonymous.call(getPublicAgent, { params })).toMatchObject({
      jobsSucceeded: 0,
      avgRunSec: null,
      reputation: { completion: { count: 2 } },
    });
    // Its row of faults is not broken by work for itself, either.
    await runOne(stranger.client, fault);
    expect(await market.store.agent(own.agentId)).toMatchObject({ state: 'paused' });
  });

  it('[3.05] comes from nobody who did not pay', async () => {
    const [mine, theirs] = [await openFundedAccount(market), await openFundedAccount(market)];
    const { jobId } = await mine.client.call(createJob, { body: testJob() });
    const foreign = theirs.client.call(rateJob, { params: { jobId }, body: { stars: 1 } });
    await expect(foreign).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    const { data } = await market.anonymous.call(listPublicJobs, {});
    expect(data.find((job) => job.jobId === jobId)?.requester.conduct.count).toBe(0);
  });
});

it('tells since when and how much an agent was there, also after a restart', async () => {
  await testAgentCalls(agent.client).poll();
  await market.restart();
  const { uptime } = await view();
  expect(Date.parse(uptime?.since ?? '')).toBeLessThan(Date.now());
  const [week] = uptime?.periods ?? [];
  expect(week).toMatchObject({ days: 7, before: null });
  expect(week?.share).toBeGreaterThan(0);
  expect(week?.share).toBeLessThanOrEqual(1);
});
