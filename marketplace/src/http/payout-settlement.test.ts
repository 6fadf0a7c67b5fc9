import { createClient } from '@node3/shared/client';
import { systemIds } from '@node3/shared/ids';
import { getPayout, settlePayouts } from '@node3/shared/routes/payouts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { World } from '../store/testing/world.ts';
import { payByHand } from '../testing/ask-money.ts';
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

async function holdOne() {
  const world = new World(market.store);
  const execution = await world.lease(await world.openAccount(), await world.registerAgent());
  await world.start(execution);
  const { payoutId } = await world.succeed(execution);
  const payout = payoutId === null ? null : await market.store.payout(payoutId);
  if (payout === null) throw new Error('the result is to be paid');
  await market.store.holdPayouts([{ payoutId: payout.payoutId, reason: 'restored' }], []);
  return [payout];
}

describe('a payout that a lost database paid', () => {
  it('is booked by its signature, noted as the operator’s act, and tells whoever listens', async () => {
    await openFundedAccount(market);
    const due = await holdOne();
    const payoutIds = due.map(({ payoutId }) => payoutId);
    const signature = await payByHand(market.rail, due);
    const body = { payoutIds, signature };
    const wakes = market.payoutWakes;
    const { data } = await operator().call(settlePayouts, { body });
    expect(data).toMatchObject([{ payoutId: payoutIds[0], state: 'finalized', signature }]);
    expect(market.payoutWakes).toBeGreaterThan(wakes);
    expect(await operator().call(settlePayouts, { body })).toEqual({ data });
    const [payoutId = ''] = payoutIds;
    const shown = await operator().call(getPayout, { params: { payoutId } });
    expect(shown).toMatchObject({
      state: 'finalized',
      batch: { payoutIds, state: 'posted', attempts: [{ signature, outcome: 'landed' }] },
    });
    expect(shown.ledger.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['capture', 'payout', 'network_fee']),
    );
    const events = await market.store.eventsAfter(0, 1_000);
    const finalized = events.filter(({ name }) => name === 'payout.finalized');
    expect(finalized).toMatchObject([{ actor: 'operator', data: { signature } }]);
  });

  it('is refused without the proof, and to anybody but the operator', async () => {
    const due = await holdOne();
    const signature = await payByHand(market.rail, []);
    const body = { payoutIds: due.map(({ payoutId }) => payoutId), signature };
    const { client } = await openFundedAccount(market);
    await expect(client.call(settlePayouts, { body })).rejects.toMatchObject({
      code: expect.stringMatching(/^AUTH_/),
    });
    await expect(operator().call(settlePayouts, { body })).rejects.toMatchObject({
      code: 'PAYOUT_PROOF_INVALID',
    });
    const other = { payoutIds: [systemIds.next('payout')], signature };
    await expect(operator().call(settlePayouts, { body: other })).rejects.toMatchObject({
      code: 'PAYOUT_NOT_FOUND',
    });
    expect((await market.store.countPayouts()).held).toBe(1);
  });
});
