import type { PublicAgent } from '@node3/shared/routes/marketplace';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { OfferRow } from '../offers/offer-rows.ts';
import { runCli } from '../run-cli.ts';
import { FakeMarketplace } from '../testing/fake-marketplace.ts';
import { TestHost } from '../testing/test-host.ts';

let market: FakeMarketplace;
beforeEach(async () => {
  market = new FakeMarketplace();
  market.agents = [
    agentWith('big', 80, '2'),
    agentWith('cheap', 24, '0.2'),
    agentWith('free', 8, null),
  ];
  await market.start();
});
afterEach(() => market.stop());

/** An agent with two GPUs of one class. */
function agentWith(name: string, gigabytes: number, amount: string | null): PublicAgent {
  const axis = { value: null, weight: 0, count: 0 };
  const device = {
    vendor: 'nvidia' as const,
    model: `NVIDIA ${name}`,
    modelId: name,
    memoryBytes: gigabytes * 1e9,
    computeCapability: null,
    driverVersion: null,
    simulated: false,
  };
  return {
    agentId: `agt_${name}`,
    name,
    status: 'online',
    state: 'active',
    isolation: 'container',
    region: name === 'big' ? null : 'eu',
    devices: ['a', 'b'].map((id) => ({ ...device, id })),
    deviceAsks: ['a', 'b'].map((deviceId) => ({
      deviceId,
      SOL: null,
      USDC: amount === null ? null : { amount, asset: 'USDC' as const },
    })),
    samples: [],
    slots: 1,
    running: 0,
    jobsSucceeded: 0,
    jobsFailed: 0,
    avgRunSec: null,
    reputation: { availability: axis, startLatency: axis, correctness: axis, completion: axis },
    rating: { mean: null, count: 0 },
    lastSeenAt: null,
    registeredAt: '2026-11-21T12:00:00.000Z',
  };
}

async function offers(...argv: string[]) {
  const host = new TestHost({ argv: ['--url', market.url, 'offer', ...argv] });
  return { code: await runCli(host), out: host.out };
}

it('lists what agents offer, the cheapest first', async () => {
  expect((await offers('-o', 'id')).out).toBe('agt_free\nagt_cheap\nagt_big\n');
  const first = (await offers()).out.split('\n')[1];
  expect(first).toBe('NVIDIA cheap\t24.0 GB\t2\t0.2 USDC\tactive\teu\t-\tcheap\tagt_cheap');
});

it.each([
  [['--gpu', '24GB..', '--max-price', '1USDC'], 'agt_cheap\n'],
  [['--gpu', 'big:2'], 'agt_big\n'],
  [['--order', 'memory', '--limit', '1'], 'agt_big\n'],
])('narrows by %j', async (argv, ids) => {
  expect(await offers(...argv, '-o', 'id')).toEqual({ code: 0, out: ids });
});

it('ends with 8 where nothing fits', async () => {
  expect(await offers('--gpu', 'big:3')).toEqual({ code: 8, out: '' });
});

it.each([
  ['gpu', 'NVIDIA free\t1\t2\t2\tany\tany\n'],
  ['region', 'eu\t2\t4\t4\tany\t0.2 USDC\n-\t1\t2\t0\t2 USDC\t2 USDC\n'],
  ['provider', 'cheap agt_cheap\t1\t2\t2\t0.2 USDC\t0.2 USDC\n'],
])('sums up by %s', async (by, lines) => {
  market.agents = market.agents.map((agent) => ({
    ...agent,
    running: agent.name === 'big' ? 1 : 0,
  }));
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
  market.agents = [agentWith('cheap', 24, '0.1')];
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
  expect(eu).toMatch(/^\d{4}-\S+Z\teu\t1\t2\t2\t0.1 USDC\t0.1 USDC$/);
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
