import { afterEach, describe, expect, it } from 'vitest';
import { startTestMarketplace, type TestMarketplace } from '../testing/test-marketplace.ts';

const limit = 300;

describe('limits for each address, behind a proxy', () => {
  let market: TestMarketplace | null = null;
  afterEach(async () => {
    await market?.stop();
    market = null;
  });

  /** How many requests are left to a client of whom a proxy says that it has this address. */
  const leftFor = async (url: string, address: string): Promise<number> => {
    const answer = await fetch(`${url}/api/v1/auth/challenges`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
      body: '{}',
    });
    await answer.arrayBuffer();
    return Number(answer.headers.get('x-ratelimit-remaining'));
  };

  it('are for each client where the proxy is ours', async () => {
    market = await startTestMarketplace({ trustedProxies: ['127.0.0.0/8'] });
    expect(await leftFor(market.url, '198.51.100.1')).toBe(limit - 1);
    expect(await leftFor(market.url, '198.51.100.2')).toBe(limit - 1);
    expect(await leftFor(market.url, '198.51.100.1')).toBe(limit - 2);
    // What a client itself wrote before the proxy added the real one is not believed.
    expect(await leftFor(market.url, '203.0.113.9, 198.51.100.1')).toBe(limit - 3);
  });

  it('believe nobody else', async () => {
    market = await startTestMarketplace();
    expect(await leftFor(market.url, '198.51.100.1')).toBe(limit - 1);
    expect(await leftFor(market.url, '198.51.100.2')).toBe(limit - 2);
  });
});
