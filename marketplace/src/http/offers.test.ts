import { createClient } from '@node3/shared/client';
import type { QueryOf } from '@node3/shared/contract';
import type { Device, Offer } from '@node3/shared/device';
import { fromMoney } from '@node3/shared/money';
import { createJob } from '@node3/shared/routes/jobs';
import { listPublicJobs, type PublicJob } from '@node3/shared/routes/marketplace';
import {
  type GpuOffer,
  listOffers,
  type OfferFacet,
  offerFacets,
} from '@node3/shared/routes/offers';
import { getOwnOverview } from '@node3/shared/routes/own-overview';
import { getPriceHistory, listPriceClasses } from '@node3/shared/routes/prices';
import { registerProvider } from '@node3/shared/routes/providers';
import { getPublicProvider, listPublicProviders } from '@node3/shared/routes/public-providers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { testAgentCalls } from '../testing/test-agent.ts';
import { l40s } from '../testing/test-devices.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

const rtx4090: Device = {
  ...l40s,
  vendor: 'nvidia',
  model: 'NVIDIA GeForce RTX 4090',
  modelId: 'rtx-4090',
  memoryBytes: 24_564 * 1024 ** 2,
  simulated: false,
};
const usdc = (amount: string) => ({ amount, asset: 'USDC' as const });

/** Machines that differ in all that can be filtered by. */
const machines: Partial<Offer>[] = [
  {
    devices: [rtx4090, { ...rtx4090, id: 'GPU-2' }, l40s].map((device, index) => ({
      ...device,
      id: `GPU-${index}`,
    })),
    region: 'eu-west-1',
    labels: { disk: 'fast' },
    asks: { USDC: usdc('0.4'), SOL: null },
    classAsks: { l40s: { USDC: usdc('0.9'), SOL: { amount: '0.004', asset: 'SOL' } } },
  },
  {
    devices: [rtx4090],
    region: 'eu-north',
    isolation: 'vm',
    asks: { USDC: usdc('0.35'), SOL: null },
  },
  { devices: [{ ...l40s, vendor: 'amd', model: 'Some card', modelId: null, memoryBytes: null }] },
  { devices: [] },
];

let market: TestMarketplace;
let requester: Awaited<ReturnType<typeof openFundedAccount>>;
let agents: Awaited<ReturnType<typeof registerTestAgent>>[];

const offers = (query: QueryOf<typeof listOffers> = {}) =>
  market.anonymous.call(listOffers, { query });
const board = (query: QueryOf<typeof listPublicJobs> = {}) =>
  market.anonymous.call(listPublicJobs, { query });

beforeAll(async () => {
  market = await startTestMarketplace();
  requester = await openFundedAccount(market, { SOL: 10n ** 12n, USDC: 10n ** 9n });
  agents = [];
  for (const [index, machine] of machines.entries()) {
    const agent = await registerTestAgent(market, `rig-${index}`);
    await testAgentCalls(agent.client, machine).poll({ claimId: null });
    agents.push(agent);
  }
});
afterAll(() => market.stop());

/** What the fields of an offer are, told without the code that is tested. */
const wordsOf: Record<OfferFacet, (offer: GpuOffer) => readonly (string | null)[]> = {
  gpu: ({ modelId, model }) => [modelId ?? model],
  vendor: ({ vendor }) => [vendor],
  framework: ({ frameworks }) => frameworks,
  region: ({ region }) => [region],
  isolation: ({ isolation }) => [isolation],
  label: ({ label }) => [label],
  provider: ({ provider }) => [provider],
  status: ({ status }) => [status],
  hardware: ({ simulated }) => [simulated ? 'simulated' : 'real'],
};

describe('offers', () => {
  it('[9.02] [3.03] are filtered and counted over all of them, and every facet agrees', async () => {
    const all = await offers({ sort: 'memory' });
    expect(all.total).toEqual({ offers: 4, gpus: 5, agents: 3 });
    const questions = offerFacets.flatMap((facet) => {
      const counted = new Map<string | null, number>();
      for (const offer of all.data) {
        for (const word of wordsOf[facet](offer)) counted.set(word, (counted.get(word) ?? 0) + 1);
      }
      expect(new Map(all.facets[facet].map(({ value, count }) => [value, count]))).toEqual(counted);
      return [...counted].map(([value, count]) => ({ facet, value, count }));
    });
    await Promise.all(
      questions.map(async ({ facet, value, count }) => {
        const found = await offers({ [facet]: value ?? 'none' });
        expect(found.total.offers, `${facet}=${value}`).toBe(count);
        const fits = (offer: GpuOffer) => wordsOf[facet](offer).includes(value);
        expect(found.data.every(fits), `${facet}=${value}`).toBe(true);
        // Its own values are still counted as if it were not chosen.
        expect(found.facets[facet]).toEqual(all.facets[facet]);
      }),
    );
    expect((await offers({ region: 'eu' })).total.offers).toBe(3);
    expect((await offers({ region: 'eu', isolation: 'vm' })).facets.region).toEqual([
      { value: 'eu-north', count: 1 },
    ]);
    expect((await offers({ memoryBytesMin: 30 * 1024 ** 3 })).total.gpus).toBe(1);
    expect((await offers({ countMin: 2 })).data).toMatchObject([{ count: 2, modelId: 'rtx-4090' }]);
    expect((await offers({ q: 'RIG-1' })).data).toMatchObject([{ agentName: 'rig-1' }]);
    expect((await offers({ status: 'offline' })).total.offers).toBe(0);
  });

  it('[9.02] come the cheapest first in one asset, and no page hides one', async () => {
    const walked: GpuOffer[] = [];
    let cursor: string | undefined;
    do {
      const page = await offers({ limit: 1, ...(cursor !== undefined && { cursor }) });
      walked.push(...page.data);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    const asks = walked.map(({ ask }) => ask.USDC?.amount ?? null);
    expect(asks).toEqual([null, '0.35', '0.4', '0.9']);
    const within = await offers({ priceMax: '0.4' });
    expect(within.data.map(({ ask }) => ask.USDC?.amount ?? null)).toEqual([null, '0.35', '0.4']);
    const inSol = await offers({ asset: 'SOL', priceMax: '0.001' });
    expect(inSol.total.offers).toBe(3);
    await expect(offers({ cursor: 'nonsense' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('[9.03] say of every class what is free, and that it is only claimed', async () => {
    const [offer] = (await offers({ q: 'rig-1' })).data;
    expect(offer).toMatchObject({
      count: 1,
      free: 1,
      running: 0,
      label: 'claimed',
      provenAt: null,
      simulated: false,
      reliability: null,
      score: 1,
      provider: 'default',
    });
  });
});

describe('the board', () => {
  it('[9.02] is filtered, sorted and counted, and compares amounts of one asset only', async () => {
    const post = (overrides: Parameters<typeof testJob>[0]) =>
      requester.client.call(createJob, { body: testJob(overrides) });
    // Of an agent that never asks for any.
    const here = { agents: agents.slice(0, 1).map(({ agentId }) => agentId) };
    const gpus = { count: 1, memoryBytesMin: 8 * 1024 ** 3, framework: 'cuda' as const };
    await post({ placement: here, price: { kind: 'fixed', reward: usdc('0.5') } });
    await post({
      resources: { gpus: { ...gpus, models: ['rtx-4090'] } },
      placement: { ...here, labels: { disk: 'fast' } },
      labels: { team: 'secret' },
      price: { kind: 'metered', bidPerGpuHour: usdc('0.45'), cap: usdc('2') },
    });
    await post({
      resources: { gpus: { ...gpus, memoryBytesMin: 16 * 1024 ** 3 } },
      workload: { kind: 'script', language: 'python', code: 'print(1)' },
      limits: { runSec: 1_800 },
      placement: here,
    });
    const all = await board();
    expect(all).toMatchObject({ total: 3, lookedAt: 3, complete: true, nextCursor: null });
    expect(JSON.stringify(all)).not.toContain('secret');
    expect(all.facets.hardware).toEqual([
      { value: 'gpu', count: 2 },
      { value: 'cpu', count: 1 },
    ]);
    expect(all.facets.label).toEqual([{ value: 'disk=fast', count: 1 }]);
    const values = Object.entries(all.facets).flatMap(([field, counted]) =>
      counted.map(({ value, count }) => ({ field, value, count })),
    );
    await Promise.all(
      values.map(async ({ field, value, count }) => {
        const found = await board({ [field]: value ?? 'none' });
        expect(found.total, `${field}=${value}`).toBe(count);
      }),
    );
    expect((await board({ memoryBytesMax: 8 * 1024 ** 3 })).total).toBe(2);
    const dear = await board({ asset: 'USDC', sort: 'reward' });
    expect(dear.data.map(({ reward }) => reward.amount)).toEqual(['2', '0.5']);
    const rates = (await board({ asset: 'USDC', sort: 'rate' })).data.map(hourly);
    expect(rates).toEqual(rates.toSorted((a, b) => (a < b ? 1 : -1)));
    expect((await board({ asset: 'USDC', rewardMin: '1' })).total).toBe(1);
    expect((await board({ asset: 'USDC', rewardMax: '1' })).total).toBe(1);
    for (const query of [{ rewardMin: '1' }, { sort: 'reward' as const }]) {
      await expect(board(query)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    }
    const first = await board({ limit: 2 });
    const rest = await board({ limit: 2, cursor: first.nextCursor ?? '' });
    const ids = [...first.data, ...rest.data].map(({ jobId }) => jobId);
    expect(ids).toEqual(all.data.map(({ jobId }) => jobId));
    expect((await board({ sort: 'oldest' })).data.map(({ jobId }) => jobId)).toEqual(
      ids.toReversed(),
    );
  });

  it('[9.18] is no more than the own jobs, counted by how they are', async () => {
    expect(await requester.client.call(getOwnOverview, {})).toMatchObject({
      total: 3,
      pending: 3,
      running: 0,
      succeeded: 0,
      failed: 0,
      counted: 'all',
      recent: [{ workload: 'python' }, { workload: 'container' }, { workload: 'container' }],
    });
    const other = await openFundedAccount(market);
    expect(await other.client.call(getOwnOverview, {})).toMatchObject({ total: 0, recent: [] });
  });
});

const hourly = ({ perGpuHour }: PublicJob) => fromMoney(perGpuHour);

describe('prices', () => {
  it('are what is asked now and what paid jobs agreed on, each class and asset by itself', async () => {
    const runner = await registerTestAgent(market, 'runner');
    const calls = testAgentCalls(runner.client, { devices: [l40s] });
    await calls.poll({ claimId: null });
    const paid = async (reward: string, runSec: number) => {
      await requester.client.call(createJob, {
        body: testJob({
          resources: { gpus: { count: 1, models: ['l40s'] } },
          limits: { runSec },
          placement: { agents: [runner.agentId] },
          price: { kind: 'fixed', reward: usdc(reward) },
        }),
      });
      const offer = await calls.offer();
      await calls.run(offer);
      await calls.report(offer);
    };
    // By hand: 0.5, 1, 2 and 4 USDC for an hour on one GPU.
    await paid('0.5', 3_600);
    await paid('0.5', 1_800);
    await paid('1', 1_800);
    await paid('1', 900);
    const params = { gpu: 'l40s' };
    const history = await market.anonymous.call(getPriceHistory, {
      params,
      query: { hardware: 'simulated', days: 2 },
    });
    expect(history.days).toMatchObject([
      {
        jobs: 4,
        price: {
          low: usdc('0.5'),
          quarter: usdc('0.5'),
          median: usdc('1'),
          threeQuarters: usdc('2'),
          high: usdc('4'),
        },
      },
    ]);
    expect(history.now).toMatchObject({ gpus: 1, gpusAnyPrice: 1, asks: { median: usdc('0.9') } });
    expect(history.reference).toMatchObject({
      currency: 'USD',
      low: 0.38,
      median: 0.79,
      high: 1.908,
    });
    const real = await market.anonymous.call(getPriceHistory, { params, query: {} });
    expect(real).toMatchObject({ days: [], now: { gpus: 0, asks: null } });
    const classes = await market.anonymous.call(listPriceClasses, {});
    const found = classes.data.find(({ gpu, simulated }) => gpu === 'l40s' && simulated);
    expect(found).toMatchObject({ name: 'NVIDIA L40S', jobs: { USDC: 4, SOL: 0 } });
    const unknown = market.anonymous.call(getPriceHistory, {
      params: { gpu: 'abacus' },
      query: {},
    });
    await expect(unknown).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});

describe('public providers', () => {
  it('[9.16] are shown without what only the operator may see', async () => {
    const operator = createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
    const body = {
      name: 'docker-eu',
      kind: 'docker' as const,
      endpoint: 'tcp://hidden:2375',
      credentials: { token: 'sesame' },
    };
    await operator.call(registerProvider, { body });
    const { data } = await market.anonymous.call(listPublicProviders, {});
    expect(data.map(({ name }) => name).toSorted()).toEqual(['default', 'docker-eu']);
    const params = { provider: 'docker-eu' };
    const one = await market.anonymous.call(getPublicProvider, { params });
    expect(one).toMatchObject({ name: 'docker-eu', kind: 'docker', stats: { agents: 0 } });
    expect(JSON.stringify([data, one])).not.toMatch(/hidden|sesame|token/);
    // Whatever they ask, agents are read a few times for all of them together.
    const [counts, records] = [
      vi.spyOn(market.store, 'agentProviders'),
      vi.spyOn(market.store, 'providerRecord'),
    ];
    const asked = Array.from({ length: 20 }, (_, index) =>
      market.anonymous.call(getPublicProvider, {
        params: { provider: index % 2 === 0 ? 'docker-eu' : 'default' },
      }),
    );
    const answers = await Promise.all(asked);
    expect(new Set(answers.map(({ name, stats }) => `${name} ${stats.agents}`)).size).toBe(2);
    expect(counts.mock.calls.length).toBeLessThan(5);
    expect(records.mock.calls.length).toBeLessThan(9);
    counts.mockRestore();
    records.mockRestore();
  });
});
