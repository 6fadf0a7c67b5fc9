import { createClient } from '@node3/shared/client';
import { getPayoutEngine, startPayouts, stopPayouts } from '@node3/shared/routes/payouts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
beforeEach(async () => {
  market = await startTestMarketplace();
});
afterEach(() => market.stop());

const operator = () => createClient({ baseUrl: market.url, apiKey: market.adminApiKey });

describe('the kill switch over the API', () => {
  it('[P60] is pulled and released with a reason, and both are kept', async () => {
    expect((await operator().call(getPayoutEngine, {})).stopped).toBeNull();
    const reason = '3 SOL are missing\n  in the treasury';
    const wakes = market.payoutWakes;
    const stopped = await operator().call(stopPayouts, { body: { reason } });
    expect(stopped.stopped).toBe('3 SOL are missing in the treasury');
    expect(market.payoutWakes).toBeGreaterThan(wakes);

    await market.restart();
    expect((await operator().call(getPayoutEngine, {})).stopped).toContain('3 SOL are missing');
    const body = { reason: 'a test transfer of ours' };
    expect((await operator().call(startPayouts, { body })).stopped).toBeNull();

    const events = await market.store.eventsAfter(0, 1_000);
    const switched = events.filter(({ name }) => name.startsWith('payout.st'));
    expect(switched.map(({ name, actor, data }) => [name, actor, data['reason']])).toEqual([
      ['payout.stopped', 'operator', reason],
      ['payout.started', 'operator', 'a test transfer of ours'],
    ]);
  });

  it('is the operator’s alone', async () => {
    const { client } = await openFundedAccount(market);
    for (const caller of [client, market.anonymous]) {
      await expect(caller.call(stopPayouts, { body: { reason: 'mine' } })).rejects.toMatchObject({
        code: expect.stringMatching(/^AUTH_/),
      });
    }
    expect((await operator().call(getPayoutEngine, {})).stopped).toBeNull();
  });
});
