import type { GpuOffer } from '@node3/shared/routes/offers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { OfferRow } from '../offers/offer-rows.ts';
import { runCli } from '../run-cli.ts';
import { FakeMarketplace } from '../testing/fake-marketplace.ts';
import { TestHost } from '../testing/test-host.ts';

let market: FakeMarketplace;
beforeEach(async () => {
  market = new FakeMarketplace();
  market.offers = [offerOf('big', 80, '2'), offerOf('cheap', 24, '0.2'), offerOf('free', 8, null)];
  await market.start();
});
afterEach(() => market.stop());

/** Two GPUs of one class at one agent. */
function offerOf(name: string, gigabytes: number, amount: string | null): GpuOffer {
  const free = name === 'big' ? 0 : 2;
  return {
    agentId: `agt_${name}`,
    agentName: name,
    provider: null,
    status: 'online',
    state: 'active',
    region: name === 'big' ? null : 'eu-west-1',
    isolation: 'container',
    model: `NVIDIA ${name}`,
    modelId: name,
    vendor: 'nvidia',
    memoryBytes: gigabytes * 1e9,
    computeCapability: name === 'big' ? '9.0' : '8.6',
    frameworks: ['cuda'],
    count: 2,
    free,
    simulated: false,
    label: 'claimed',
    provenAt: null,
    ask: { SOL: null, USDC: amount === null ? null : { amount, asset: 'USDC' } },
    slots: 1,
    running: 0,
    score: 0.5,
    reliability: null,
    jobsSucceeded: 0,
    jobsFailed: 0,
    rating: { mean: null, count: 0 },
    lastSeenAt: null,
  };
}

async function offers(...argv: string[]) {
  const host = new TestHost({ argv: ['--url', market.url, 'offer', ...argv] });
  return { code: await runCli(host), out: host.out };
}

it('lists what agents offer, the cheapest first', async () => {
  expect((await offers('-o', 'id')).out).toBe('agt_free\nagt_cheap\nagt_big\n');
  const first = (await offers()).out.split('\n')[1];
  expect(first).toBe('NVIDIA cheap\t24.0 GB\t2\t0.2 USDC\tactive\teu-west-1\t-\tcheap\tagt_cheap');
});

it.each([
  [['--gpu', '24GB..', '--max-price', '1USDC'], 'agt_cheap\n'],
  [['--gpu', 'big:2'], 'agt_big\n'],
  [['--order', 'memory', '--limit', '1'], 'agt_big\n'],
  [['--gpu', 'cc9.0'], 'agt_big\n'],
  [['--region', 'eu', '--order', 'memory'], 'agt_cheap\nagt_free\n'],
  [['--search', 'FREE', '--isolation', 'container,vm', '--hardware'], 'agt_free\n'],
  [['--agent', 'agt_cheap,agt_big', '--gpu', 'nvidia:cuda'], 'agt_cheap\nagt_big\n'],
])('narrows by %j', async (argv, ids) => {
  expect(await offers(...argv, '-o', 'id')).toEqual({ code: 0, out: ids });
});

it('walks beyond a page, and says how many more there are', async () => {
  const amounts = Array.from({ length: 450 }, (_, index) => String(index + 1));
  market.offers = amounts.map((amount) => offerOf(`a${amount}`, 24, amount));
  const host = new TestHost({ argv: ['--url', market.url, 'offer', '--limit', '401'] });
  expect(await runCli(host)).toBe(0);
  const lines = host.out.trim().split('\n');
  const ids = lines.map((line) => line.split('\t').at(-1));
  expect(ids).toEqual(amounts.slice(0, 401).map((amount) => `agt_a${amount}`));
  expect(host.err).toContain('401 of 450 offers that fit; see --limit');
  expect((await offers('--group-by', 'region')).out).toContain('eu-west-1\t450\t900\t900\t1 USDC');
});

it('takes the name of a family for all its models', async () => {
  const h100 = { ...offerOf('big', 80, '2'), modelId: 'h100-sxm' };
  market.offers = [h100, offerOf('cheap', 24, '0.2')];
  expect(await offers('--gpu', 'h100', '-o', 'id')).toEqual({ code: 0, out: 'agt_big\n' });
});

it('shows those of agents that are gone only when asked', async () => {
  market.offers = [{ ...offerOf('cheap', 24, '0.2'), status: 'offline', free: null }];
  expect((await offers('-o', 'id')).code).toBe(8);
  expect((await offers('--all', '-o', 'id')).out).toBe('agt_cheap\n');
});

it('ends with 8 where nothing fits', async () => {
  expect(await offers('--gpu', 'big:3')).toEqual({ code: 8, out: '' });
});

it.each([
  ['gpu', 'NVIDIA free\t1\t2\t2\tany\tany\n'],
  ['region', 'eu-west-1\t2\t4\t4\tany\t0.2 USDC\n-\t1\t2\t0\t2 USDC\t2 USDC\n'],
  ['provider', 'cheap agt_cheap\t1\t2\t2\t0.2 USDC\t0.2 USDC\n'],
])('sums up by %s', async (by, lines) => {
  expect((await offers('--group-by', by)).out).toContain(lines);
});

it('watches what comes, changes and goes', async () => {
  const watching = (...argv: string[]) => {
    const always = ['--url', market.url, 'offer', '--watch', '--every', '1s'];
    const host = new TestHost({ argv: [...always, ...argv] });
    return { host, ended: runCli(host) };
  };
  const program = watching('--json', '--max-price', '1USDC');
  const pipe = watching('--group-by', 'region');
  const within = { timeout: 15_000 };
  await vi.waitFor(() => expect(program.host.out.split('\n')).toHaveLength(3), within);
  await vi.waitFor(() => expect(pipe.host.out.split('\n')).toHaveLength(3), within);
  market.offers = [offerOf('cheap', 24, '0.1')];
  await vi.waitFor(() => expect(program.host.out.split('\n')).toHaveLength(5), within);
  await vi.waitFor(() => expect(pipe.host.out.split('\n')).toHaveLength(5), within);
  program.host.interrupt();
  pipe.host.interrupt();
  expect([await program.ended, await pipe.ended]).toEqual([130, 130]);
  const news = program.host.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as OfferRow & { at: string })
    .map(({ agentId, state, askPerGpuHour }) => [agentId, state, askPerGpuHour?.amount ?? null]);
  expect(news).toEqual([
    ['agt_free', 'active', null],
    ['agt_cheap', 'active', '0.2'],
    ['agt_cheap', 'active', '0.1'],
    ['agt_free', 'gone', null],
  ]);
  const [, , eu = '', none = ''] = pipe.host.out.split('\n');
  expect(eu).toMatch(/^\d{4}-\S+Z\teu-west-1\t1\t2\t2\t0.1 USDC\t0.1 USDC$/);
  expect(none).toMatch(/^\S+\t-\t0\t0\t0/);
});

it('draws the list anew on a terminal, within its width', async () => {
  const host = new TestHost({ argv: ['--url', market.url, 'offer', '--watch'], isTty: true });
  const ended = runCli(host);
  await vi.waitFor(() => expect(host.out).toContain('Ctrl-C ends'), { timeout: 15_000 });
  host.interrupt();
  expect(await ended).toBe(130);
  expect(host.out.startsWith('\u001b[H\u001b[J')).toBe(true);
  expect(host.out).toContain('NVIDIA cheap');
});
