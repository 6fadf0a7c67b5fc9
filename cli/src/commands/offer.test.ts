import type { PublicAgent } from '@node3/shared/routes/marketplace';
import { afterEach, beforeEach, expect, it } from 'vitest';
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
  expect(first).toBe('NVIDIA cheap\t24.0 GB\t2\t0.2 USDC\tactive\t-\tcheap\tagt_cheap');
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
