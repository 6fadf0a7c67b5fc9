import type { Device } from '@node3/shared/device';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { createJob } from '@node3/shared/routes/jobs';
import { createQuote } from '@node3/shared/routes/quotes';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
let clock: ManualClock;

beforeEach(async () => {
  clock = new ManualClock();
  market = await startTestMarketplace({ clock });
});
afterEach(() => market.stop());

const quote = (body: JobSpecInput) => market.anonymous.call(createQuote, { body });

function gpu(id: string, gib: number): Device {
  return {
    id,
    vendor: 'nvidia',
    model: 'NVIDIA GeForce RTX 4090',
    modelId: 'rtx-4090',
    memoryBytes: gib * 1024 ** 3,
    computeCapability: '8.9',
    driverVersion: null,
    simulated: false,
  };
}

const ask = { SOL: null, USDC: { amount: '0.5', asset: 'USDC' as const } };

async function joinAgent(devices: Device[]) {
  const agent = await registerTestAgent(market);
  const calls = testAgentCalls(agent.client, { devices, slots: 2, asks: ask });
  await calls.poll({ claimId: null });
  return calls;
}

describe('a quote', () => {
  it('[7.14] is what the job then costs, whatever the fee rate has become', async () => {
    const { client } = await openFundedAccount(market);
    const offered = await quote(testJob());
    expect(offered).toMatchObject({
      kind: 'fixed',
      price: { amount: '0.001' },
      fee: { amount: '0.00005' },
      feeBasisPoints: 500,
      total: { amount: '0.00105' },
    });
    expect(Date.parse(offered.expiresAt) - clock.nowMs()).toBe(60_000);
    await market.restart({ feeBasisPoints: 1_000 });
    const { quoteId } = offered;
    const job = await client.call(createJob, { body: testJob() }, { quoteId });
    expect(job.settlement.quoted).toEqual(offered.total);
    const dearer = await client.call(createJob, { body: testJob() });
    expect(dearer.settlement.quoted).toEqual({ amount: '0.0011', asset: 'SOL' });
    const calls = await joinAgent([]);
    const offer = await calls.offer();
    await calls.run(offer);
    await calls.report(offer);
    const stored = await market.store.job(job.jobId);
    expect(stored?.settlement).toMatchObject({ charged: 1_050_000n, fee: 50_000n });
    expect(await market.store.quoteOfJob(job.jobId)).toMatchObject({ quoteId });
  });

  it('stands for one job, of exactly its spec, for a minute', async () => {
    const { client } = await openFundedAccount(market);
    const post = (body: JobSpecInput, quoteId: string, idempotencyKey?: string) =>
      client.call(
        createJob,
        { body },
        { quoteId, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) },
      );
    const { quoteId } = await quote(testJob());
    await expect(post(testJob({ name: 'other' }), quoteId)).rejects.toMatchObject({
      code: 'QUOTE_MISMATCH',
    });
    const written = testJob({ limits: { runSec: 300 }, priority: 'normal' });
    const job = await post(written, quoteId, 'once');
    expect(await post(written, quoteId, 'once')).toMatchObject({ jobId: job.jobId });
    await expect(post(written, quoteId)).rejects.toMatchObject({
      code: 'QUOTE_USED',
      context: { jobId: job.jobId },
    });
    const late = await quote(testJob());
    clock.advance(60_000);
    await expect(post(testJob(), late.quoteId)).rejects.toMatchObject({
      code: 'QUOTE_EXPIRED',
      status: 410,
    });
    const unknown = 'quo_06BR2J0S7XW8Z3Q1T5M4N6P9KD';
    await expect(post(testJob(), unknown)).rejects.toMatchObject({ code: 'QUOTE_EXPIRED' });
    await expect(post(testJob(), 'mine')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect(await market.store.countJobs()).toMatchObject({ queued: 1 });
  });

  it('gives one of many posts at once the price, and stores nothing for the others', async () => {
    const { client } = await openFundedAccount(market);
    const { quoteId } = await quote(testJob());
    const posts = Array.from({ length: 10 }, () =>
      client.call(createJob, { body: testJob() }, { quoteId }),
    );
    const settled = await Promise.allSettled(posts);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await market.store.countJobs()).toMatchObject({ queued: 1 });
    expect((await market.store.verifyLedger()).problems).toEqual([]);
  });

  it('[4.12] counts who could run it and who is free, and how long others waited', async () => {
    const { client } = await openFundedAccount(market);
    const body = testJob({ resources: { gpus: { count: 1 } } });
    expect(await quote(body)).toMatchObject({
      availability: { agentsMatching: 0, agentsFree: 0, devicesFree: 0, queueAhead: 0 },
      eta: null,
    });
    const calls = await joinAgent([gpu('a', 24), gpu('b', 24)]);
    for (let i = 1; i <= 5; i += 1) {
      await client.call(createJob, { body });
      clock.advance(i * 1_000);
      const offer = await calls.offer();
      await calls.run(offer);
      if (i < 5) await calls.report(offer);
    }
    await client.call(createJob, { body: { ...body, priority: 'low' } });
    const expected = { agentsMatching: 1, agentsFree: 1, devicesFree: 1 };
    expect(await quote(body)).toMatchObject({
      availability: { ...expected, queueAhead: 0 },
      eta: { startSecP50: 3, startSecP90: 5, samples: 5 },
    });
    expect((await quote({ ...body, priority: 'low' })).availability.queueAhead).toBe(1);
    const cpuOnly = await quote(testJob());
    expect(cpuOnly).toMatchObject({ availability: { devicesFree: null }, eta: null });
    await market.restart();
    await calls.poll({ claimId: null });
    expect((await quote(body)).eta).toMatchObject({ samples: 5 });
  });

  it('names the nearest changes when nobody online fits', async () => {
    await joinAgent([gpu('a', 24)]);
    await joinAgent([gpu('a', 24), gpu('b', 16)]);
    const tooMuch = await quote(
      testJob({ resources: { gpus: { count: 1, memoryBytesMin: 40 * 1024 ** 3 } } }),
    );
    expect(tooMuch.alternatives).toEqual([
      {
        constraint: 'gpu_memory',
        pointer: '/resources/gpus/memoryBytesMin',
        value: 24 * 1024 ** 3,
        agents: 2,
        askMin: null,
      },
    ]);
    const many = await quote(testJob({ resources: { gpus: { count: 4 } } }));
    expect(many.alternatives).toMatchObject([{ constraint: 'gpu_count', value: 2, agents: 1 }]);
    const model = await quote(testJob({ resources: { gpus: { count: 1, models: ['H100'] } } }));
    expect(model.alternatives).toMatchObject([{ constraint: 'gpu_model', value: null, agents: 2 }]);
    const low = { amount: '0.4', asset: 'USDC' as const };
    const cheap = await quote(
      testJob({
        resources: { gpus: { count: 1 } },
        price: { kind: 'metered', bidPerGpuHour: low, cap: low },
      }),
    );
    expect(cheap.alternatives).toEqual([
      {
        constraint: 'price',
        pointer: '/price/bidPerGpuHour/amount',
        value: '0.5',
        agents: 2,
        askMin: { amount: '0.5', asset: 'USDC' },
      },
    ]);
    const fixed = await quote(
      testJob({
        resources: { gpus: { count: 1 } },
        price: { kind: 'fixed', reward: { ...low, amount: '0.01' } },
      }),
    );
    expect(fixed.alternatives).toMatchObject([
      { pointer: '/price/reward/amount', value: '0.041667', agents: 2 },
    ]);
  });

  it('checks a price as posting does', async () => {
    const zero = { kind: 'fixed' as const, reward: { amount: '0', asset: 'SOL' as const } };
    await expect(quote(testJob({ price: zero }))).rejects.toMatchObject({ code: 'AMOUNT_INVALID' });
  });
});
