import { createClient } from '@node3/shared/client';
import { toMoney } from '@node3/shared/money';
import { getAccount } from '@node3/shared/routes/accounts';
import { cancelJob, createJob } from '@node3/shared/routes/jobs';
import { cancelPayout } from '@node3/shared/routes/payouts';
import {
  cancelWithdrawal,
  createWithdrawal,
  getWithdrawal,
  listWithdrawals,
} from '@node3/shared/routes/withdrawals';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  openFundedAccount,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
beforeAll(async () => {
  market = await startTestMarketplace();
});
afterAll(() => market.stop());

const oneSol = toMoney(10n ** 9n, 'SOL');

it('lets all of a cancelled job’s money be withdrawn at once', async () => {
  const { client } = await openFundedAccount(market, { SOL: 10n ** 9n });
  const { jobId } = await client.call(createJob, { body: testJob() });
  const body = { money: oneSol };
  await expect(client.call(createWithdrawal, { body })).rejects.toMatchObject({
    code: 'FUNDS_INSUFFICIENT',
  });
  await client.call(cancelJob, { params: { jobId } });
  const wakes = market.payoutWakes;
  const withdrawal = await client.call(createWithdrawal, { body });
  expect(withdrawal).toMatchObject({ state: 'due', money: oneSol });
  expect(market.payoutWakes).toBe(wakes + 1);
  const { wallet, balances } = await client.call(getAccount, {});
  expect(withdrawal.wallet).toBe(wallet);
  expect(balances.SOL.available).toEqual(toMoney(0n, 'SOL'));
});

it('answers a repeated request with the first withdrawal, and takes it back on request', async () => {
  const { client } = await openFundedAccount(market, { SOL: 2n * 10n ** 9n });
  const body = { money: oneSol };
  const options = { idempotencyKey: 'once' };
  const first = await client.call(createWithdrawal, { body }, options);
  expect(await client.call(createWithdrawal, { body }, options)).toEqual(first);
  const { withdrawalId } = first;
  const params = { withdrawalId };
  expect(await client.call(getWithdrawal, { params })).toEqual(first);
  const stranger = await openFundedAccount(market, {});
  for (const contract of [getWithdrawal, cancelWithdrawal] as const) {
    await expect(stranger.client.call(contract, { params })).rejects.toMatchObject({
      code: 'PAYOUT_NOT_FOUND',
    });
  }
  expect(await client.call(cancelWithdrawal, { params })).toMatchObject({ state: 'cancelled' });
  const second = await client.call(createWithdrawal, { body });
  const operator = createClient({ baseUrl: market.url, apiKey: market.adminApiKey });
  const byOperator = await operator.call(cancelPayout, {
    params: { payoutId: second.withdrawalId },
  });
  expect(byOperator).toMatchObject({ state: 'cancelled' });
  const { balances } = await client.call(getAccount, {});
  expect(balances.SOL.available).toEqual(toMoney(2n * 10n ** 9n, 'SOL'));
  const page = await client.call(listWithdrawals, { query: { limit: 1 } });
  expect(page.data.map((row) => row.withdrawalId)).toEqual([second.withdrawalId]);
  const next = await client.call(listWithdrawals, { query: { cursor: page.nextCursor ?? '' } });
  expect(next.data.map((row) => row.withdrawalId)).toEqual([withdrawalId]);
});
