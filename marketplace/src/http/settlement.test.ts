import { createClient } from '@node3/shared/client';
import type { Device } from '@node3/shared/device';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { baseUnits } from '@node3/shared/money';
import { failJob } from '@node3/shared/routes/admin';
import { cancelJob, createJob, getJob } from '@node3/shared/routes/jobs';
import { getOverview, listPublicAgents } from '@node3/shared/routes/marketplace';
import { createQuote } from '@node3/shared/routes/quotes';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chainTreasury, feeRevenue, operatorCapital } from '../domain/ledger-accounts.ts';
import { holdLease } from '../testing/hold-lease.ts';
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
  market = await startTestMarketplace({ clock, holdbackMs: 3_600_000 });
});
afterEach(() => market.stop());

const gpu: Device = {
  id: 'GPU-1',
  vendor: 'nvidia',
  model: 'NVIDIA H100',
  modelId: 'h100-80gb',
  memoryBytes: 80e9,
  computeCapability: '9.0',
  driverVersion: null,
  simulated: false,
};
const usdc = (amount: string) => ({ amount, asset: 'USDC' as const });

/** 3.6 USDC per GPU hour is a thousandth of a dollar per second. */
function meteredJob(bid: string, cap: string, more: Partial<JobSpecInput> = {}): JobSpecInput {
  return testJob({
    resources: { gpus: { count: 1 } },
    price: { kind: 'metered', bidPerGpuHour: usdc(bid), cap: usdc(cap) },
    ...more,
  });
}

async function setUp(ask: string | null = null) {
  const requester = await openFundedAccount(market, { USDC: 100_000_000n, SOL: 10n ** 10n });
  const agent = await registerTestAgent(market);
  const asks = ask === null ? {} : { asks: { SOL: null, USDC: usdc(ask) } };
  const calls = testAgentCalls(agent.client, { devices: [gpu], ...asks });
  const read = (jobId: string) => requester.client.call(getJob, { params: { jobId } });
  return { requester, agent, calls, read };
}

describe('a metered price', () => {
  it('[7.17] pays the matched ask for the run time and gives the rest of the cap back', async () => {
    const { requester, calls, read } = await setUp('3.6');
    const body = meteredJob('7.2', '2');
    const { jobId, settlement } = await requester.client.call(createJob, { body });
    expect(settlement.held).toEqual(usdc('2.1'));
    const offer = await calls.offer();
    expect(offer.reward).toEqual(usdc('2'));
    await calls.run(offer);
    await holdLease(market, offer.executionId);
    clock.advance(60_000);
    await calls.report(offer, { runMs: 60_000 });
    const job = await read(jobId);
    expect(job).toMatchObject({ price: usdc('2'), bidPerGpuHour: usdc('7.2') });
    expect(job.executions[0]?.ratePerGpuHour).toEqual(usdc('3.6'));
    expect(job.settlement).toMatchObject({
      state: 'split',
      providerShare: usdc('0.06'),
      fee: usdc('0.003'),
      charged: usdc('0.063'),
      refund: usdc('2.037'),
    });
    expect((await market.store.verifyLedger()).problems).toEqual([]);
  });

  it('[P90] captures the run time of a job cancelled in mid-run and releases the rest', async () => {
    const { requester, calls, read } = await setUp();
    const { jobId } = await requester.client.call(createJob, { body: meteredJob('3.6', '2') });
    const offer = await calls.offer();
    await calls.run(offer);
    clock.advance(10_000);
    await requester.client.call(cancelJob, { params: { jobId } });
    const cancelled = { outcome: 'cancelled', reason: 'cancelled_by_requester' } as const;
    await calls.report(offer, { ...cancelled, exitCode: null, runMs: 10_000 });
    expect(await read(jobId)).toMatchObject({
      state: 'cancelled',
      settlement: { providerShare: usdc('0.01'), fee: usdc('0.0005'), refund: usdc('2.0895') },
    });
  });

  it('[P89] gives everything back when it is cancelled before its start', async () => {
    const { requester, read } = await setUp();
    const { jobId } = await requester.client.call(createJob, { body: meteredJob('3.6', '2') });
    await requester.client.call(cancelJob, { params: { jobId } });
    expect((await read(jobId)).settlement).toMatchObject({
      state: 'released',
      charged: usdc('0'),
      refund: usdc('2.1'),
      payout: null,
    });
  });

  it('[P91] pays nothing to a provider that timed out', async () => {
    const { requester, calls, read } = await setUp();
    const body = meteredJob('3.6', '2', { retry: { attemptsMax: 1 } });
    const { jobId } = await requester.client.call(createJob, { body });
    const offer = await calls.offer();
    await calls.run(offer);
    await calls.report(offer, {
      outcome: 'failed',
      reason: 'lease_expired',
      exitCode: null,
      runMs: 60_000,
    });
    expect(await read(jobId)).toMatchObject({
      state: 'failed',
      fault: 'provider',
      settlement: { state: 'released', providerShare: usdc('0'), payout: null },
    });
  });

  it('[2.21] ends the run where its cap is used up, and says that it was the cap', async () => {
    const { requester, calls, read } = await setUp('3.6');
    const body = meteredJob('7.2', '0.0305', { limits: { runSec: 600 } });
    const { jobId } = await requester.client.call(createJob, { body });
    const offer = await calls.offer();
    expect(offer.spec).toMatchObject({ limits: { runSec: 30 } });
    await calls.run(offer);
    const live = await market.store.execution(offer.executionId);
    expect((live?.deadlineMs ?? 0) - clock.nowMs()).toBe(36_000 + limits.collectMs);
    clock.advance(31_000);
    await calls.report(offer, {
      outcome: 'timed_out',
      reason: 'run_timeout',
      exitCode: null,
      runMs: 31_000,
    });
    expect(await read(jobId)).toMatchObject({
      state: 'timed_out',
      reason: 'cap_reached',
      settlement: { state: 'captured', providerShare: usdc('0.0305'), refund: usdc('0') },
    });
  });

  it('bills no run time beyond the limit of the run, whatever the agent claims', async () => {
    const { requester, calls, read } = await setUp('3.6');
    const body = meteredJob('3.6', '2', { limits: { runSec: 60 } });
    const { jobId } = await requester.client.call(createJob, { body });
    const offer = await calls.offer();
    await calls.accept(offer);
    await holdLease(market, offer.executionId);
    clock.advance(500_000);
    await calls.run(offer);
    clock.advance(70_000);
    await calls.report(offer, { runMs: 570_000 });
    expect((await read(jobId)).settlement).toMatchObject({
      providerShare: usdc('0.06'),
      charged: usdc('0.063'),
    });
  });

  it('passes over an agent that asks for more, whichever kind of price is bid', async () => {
    const { requester, calls } = await setUp('3.6');
    await calls.poll();
    const low = meteredJob('3.599999', '2');
    await expect(requester.client.call(createJob, { body: low })).rejects.toMatchObject({
      code: 'JOB_UNSATISFIABLE',
      context: { constraint: 'price' },
    });
    const fixed = { ...low, price: { kind: 'fixed' as const, reward: usdc('0.299999') } };
    await expect(requester.client.call(createJob, { body: fixed })).rejects.toMatchObject({
      code: 'JOB_UNSATISFIABLE',
    });
    const enough = { ...fixed, price: { kind: 'fixed' as const, reward: usdc('0.3') } };
    await requester.client.call(createJob, { body: enough });
    expect((await calls.offer()).reward).toEqual(usdc('0.3'));
  });

  it('[3.06] is matched by what each class of an agent asks, and never sold below it', async () => {
    const requester = await openFundedAccount(market, { USDC: 100_000_000n });
    const agent = await registerTestAgent(market);
    const small = { ...gpu, id: 'GPU-2', modelId: 'l4', memoryBytes: 24e9 };
    const calls = testAgentCalls(agent.client, {
      devices: [gpu, small],
      asks: { SOL: null, USDC: usdc('1') },
      classAsks: { 'h100-80gb': { SOL: null, USDC: usdc('3.6') } },
      reads: ['rate'],
      slots: 4,
    });
    await calls.poll({ claimId: null });
    const [listed] = (await market.anonymous.call(listPublicAgents, {})).data;
    expect(listed?.deviceAsks).toEqual([
      { deviceId: 'GPU-1', SOL: null, USDC: usdc('3.6') },
      { deviceId: 'GPU-2', SOL: null, USDC: usdc('1') },
    ]);
    const post = (body: JobSpecInput) => requester.client.call(createJob, { body });
    const needsLarge = { resources: { gpus: { count: 1, memoryBytesMin: 40e9 } } };
    await expect(post(meteredJob('3.5', '2', needsLarge))).rejects.toMatchObject({
      code: 'JOB_UNSATISFIABLE',
      context: { constraint: 'price' },
    });
    const free = async (bid: string) => {
      const body = meteredJob(bid, '2');
      return (await market.anonymous.call(createQuote, { body })).availability.devicesFree;
    };
    expect([await free('3.5'), await free('3.6')]).toEqual([1, 2]);

    const first = await post(meteredJob('3.5', '2'));
    const offer = await calls.offer();
    expect(offer).toMatchObject({ jobId: first.jobId, deviceIds: ['GPU-2'], rate: usdc('1') });
    const waits = await post(meteredJob('3.5', '2'));
    const second = await post(meteredJob('4', '2'));
    await calls.run(offer);
    const dear = await calls.offer();
    expect(dear).toMatchObject({ jobId: second.jobId, deviceIds: ['GPU-1'], rate: usdc('3.6') });
    const rateOf = async (jobId: string) =>
      (await requester.client.call(getJob, { params: { jobId } })).executions[0]?.ratePerGpuHour;
    expect(await rateOf(first.jobId)).toEqual(usdc('1'));
    expect(await rateOf(second.jobId)).toEqual(usdc('3.6'));
    expect(await rateOf(waits.jobId)).toBeUndefined();
  });

  it('refuses an ask of a class that is no amount', async () => {
    const agent = await registerTestAgent(market);
    const classAsks = { l4: { SOL: null, USDC: usdc('0.0000001') } };
    await expect(
      testAgentCalls(agent.client, { devices: [gpu], classAsks }).poll(),
    ).rejects.toMatchObject({ context: { errors: [{ pointer: '/offer/classAsks/l4/USDC' }] } });
  });

  it.each([
    ['0', '2', '/price/bidPerGpuHour/amount'],
    ['1', '0', '/price/cap/amount'],
    ['3600', '0.999999', '/price/cap/amount'],
  ])('refuses a bid of %s with a cap of %s', async (bid, cap, pointer) => {
    const { requester } = await setUp();
    await expect(
      requester.client.call(createJob, { body: meteredJob(bid, cap) }),
    ).rejects.toMatchObject({ code: 'AMOUNT_INVALID', context: { errors: [{ pointer }] } });
  });

  it('refuses two assets in one price', async () => {
    const { requester } = await setUp();
    const price = { kind: 'metered' as const, bidPerGpuHour: usdc('1') };
    const cap = { amount: '1', asset: 'SOL' as const };
    await expect(
      requester.client.call(createJob, { body: testJob({ price: { ...price, cap } }) }),
    ).rejects.toMatchObject({ code: 'AMOUNT_INVALID' });
  });
});

describe('the failures of the marketplace itself', () => {
  const operator = () => createClient({ baseUrl: market.url, apiKey: market.adminApiKey });

  /** What the operator put in and earned, as if there had been business before. */
  async function earn(amount: bigint) {
    const own = { asset: 'USDC' as const, amount: baseUnits(amount), ref: 'earlier' };
    const moves = [
      { ...own, transferId: 'capital', debit: chainTreasury, credit: operatorCapital },
      { ...own, transferId: 'earned', debit: operatorCapital, credit: feeRevenue },
    ];
    const transfers = moves.map((move) => ({ ...move, kind: 'deposit' as const }));
    await market.store.postTransfers(transfers, [], clock.nowMs());
  }

  it('pays the run time out of the fees when an operator ends a run', async () => {
    const { requester, calls, read } = await setUp();
    await earn(1_000_000n);
    const { jobId } = await requester.client.call(createJob, { body: meteredJob('3.6', '2') });
    const offer = await calls.offer();
    await calls.run(offer);
    clock.advance(20_000);
    const body = { reason: 'marketplace_error' as const, detail: 'The log store was lost.' };
    await operator().call(failJob, { params: { jobId }, body });
    expect(await read(jobId)).toMatchObject({
      state: 'failed',
      reason: 'marketplace_error',
      fault: 'platform',
      settlement: {
        state: 'released',
        charged: usdc('0'),
        refund: usdc('2.1'),
        payout: { money: usdc('0.02') },
      },
    });
    expect(await market.store.ledgerBalance(feeRevenue, 'USDC')).toBe(980_000n);
    expect((await market.store.verifyLedger()).problems).toEqual([]);
    expect(await calls.poll()).toMatchObject([{ type: 'cancel', executionId: offer.executionId }]);
    await expect(operator().call(failJob, { params: { jobId }, body })).rejects.toMatchObject({
      code: 'JOB_STATE_INVALID',
    });
  });

  it('pays what it has earned and no more', async () => {
    const { requester, calls, read } = await setUp();
    await earn(7n);
    const { jobId } = await requester.client.call(createJob, { body: meteredJob('3.6', '2') });
    await calls.run(await calls.offer());
    clock.advance(20_000);
    const body = { reason: 'marketplace_error' as const, detail: 'Lost.' };
    await operator().call(failJob, { params: { jobId }, body });
    const job = await read(jobId);
    expect(job.settlement.payout?.money).toEqual(usdc('0.000007'));
    const decided = job.events.find(({ type }) => type === 'settlement.decided');
    expect(decided?.data).toMatchObject({ row: 'platform', shortfall: '19993' });
    expect(await market.store.ledgerBalance(feeRevenue, 'USDC')).toBe(0n);
  });

  it('owns a run that its agent had to stop while the marketplace was away', async () => {
    const { requester, calls, read } = await setUp();
    await earn(1_000_000n);
    const { jobId } = await requester.client.call(createJob, { body: meteredJob('3.6', '2') });
    const offer = await calls.offer();
    await calls.run(offer);
    clock.advance(limits.leaseMs + 1_000);
    await market.restart();
    const stopped = { outcome: 'failed', reason: 'lease_expired', exitCode: null } as const;
    const reply = await calls.report(offer, { ...stopped, runMs: 40_000 });
    expect(reply).toMatchObject({ jobState: 'queued', earned: usdc('0.04') });
    expect(await read(jobId)).toMatchObject({ state: 'queued', reason: 'marketplace_error' });
    expect(await market.store.ledgerBalance(feeRevenue, 'USDC')).toBe(960_000n);
    expect((await market.store.verifyLedger()).problems).toEqual([]);
  });

  it('pays for no longer than an agent may run without us', async () => {
    const { requester, calls } = await setUp();
    await earn(1_000_000n);
    await requester.client.call(createJob, { body: meteredJob('3.6', '2') });
    const offer = await calls.offer();
    await calls.run(offer);
    clock.advance(limits.leaseMs + 200_000);
    await market.restart();
    const stopped = { outcome: 'failed', reason: 'lease_expired', exitCode: null } as const;
    const reply = await calls.report(offer, { ...stopped, runMs: limits.leaseMs + 200_000 });
    expect(reply.earned).toEqual(usdc('0.045'));
  });

  it('pays for a run that it fails while it is being cancelled', async () => {
    const { requester, calls, read } = await setUp();
    await earn(1_000_000n);
    const { jobId } = await requester.client.call(createJob, { body: meteredJob('3.6', '2') });
    await calls.run(await calls.offer());
    clock.advance(20_000);
    await requester.client.call(cancelJob, { params: { jobId } });
    const body = { reason: 'marketplace_error' as const, detail: 'Lost.' };
    await operator().call(failJob, { params: { jobId }, body });
    expect(await read(jobId)).toMatchObject({
      reason: 'marketplace_error',
      settlement: { charged: usdc('0'), payout: { money: usdc('0.02') } },
    });
  });

  it('takes no word for it from an agent', async () => {
    const { requester, calls } = await setUp();
    await requester.client.call(createJob, { body: meteredJob('3.6', '2') });
    const offer = await calls.offer();
    await calls.run(offer);
    for (const reason of ['marketplace_error', 'cap_reached'] as const) {
      await expect(calls.report(offer, { outcome: 'failed', reason })).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
      });
    }
  });
});

describe('the terms of a job', () => {
  it('[7.18] keep the fee rate of its posting', async () => {
    const { requester, calls, read } = await setUp();
    const { jobId } = await requester.client.call(createJob, { body: meteredJob('3.6', '2') });
    await market.restart({ feeBasisPoints: 5_000 });
    expect((await market.anonymous.call(getOverview, {})).feeBasisPoints).toBe(5_000);
    const offer = await calls.offer();
    await calls.run(offer);
    clock.advance(10_000);
    await calls.report(offer, { runMs: 10_000 });
    expect((await read(jobId)).settlement.fee).toEqual(usdc('0.0005'));
  });

  it('[7.11] [P92] let a payout leave only when the time for disputes is over', async () => {
    const { requester, calls } = await setUp();
    await requester.client.call(createJob, { body: testJob() });
    const offer = await calls.offer();
    await calls.run(offer);
    await calls.report(offer);
    const due = (nowMs: number) => market.store.duePayouts({ asset: 'SOL', limit: 10, nowMs });
    expect(await due(clock.nowMs() + 3_599_999)).toEqual([]);
    expect(await due(clock.nowMs() + 3_600_000)).toMatchObject([{ state: 'due' }]);
  });
});
