import { verifyReceipt } from '@node3/shared/receipt-signature';
import { createJob, getJob } from '@node3/shared/routes/jobs';
import { createQuote } from '@node3/shared/routes/quotes';
import { getReceipt, getReceiptKey, type SignedReceipt } from '@node3/shared/routes/receipts';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
  testReceiptKey,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
let clock: ManualClock;

beforeEach(async () => {
  clock = new ManualClock();
  market = await startTestMarketplace({ clock });
});
afterEach(() => market.stop());

async function setUp() {
  const requester = await openFundedAccount(market);
  const agent = await registerTestAgent(market);
  const calls = testAgentCalls(agent.client);
  const receiptOf = (jobId: string) => requester.client.call(getReceipt, { params: { jobId } });
  return { requester, agent, calls, receiptOf };
}

const sol = (amount: string) => ({ amount, asset: 'SOL' as const });

describe('a receipt', () => {
  it('[6.27] itemises what a quoted job cost, and is signed by its own key', async () => {
    const { requester, calls, receiptOf } = await setUp();
    const body = testJob({ limits: { runSec: 10 } });
    const quote = await market.anonymous.call(createQuote, { body });
    const { quoteId } = quote;
    const { jobId } = await requester.client.call(createJob, { body }, { quoteId });
    await expect(receiptOf(jobId)).rejects.toMatchObject({ code: 'JOB_STATE_INVALID' });
    clock.advance(1_000);
    const offer = await calls.offer();
    clock.advance(2_000);
    await calls.run(offer);
    clock.advance(5_500);
    const failed = { outcome: 'failed', reason: 'nonzero_exit', exitCode: 3 } as const;
    await calls.report(offer, { ...failed, runMs: 5_000 });
    const signed = await receiptOf(jobId);
    const { receipt } = signed;
    expect(receipt).toMatchObject({
      quoteId,
      specHash: quote.specHash,
      settledAs: 'requester_run',
      billedMs: 5_000,
      quoted: quote.total,
      held: sol('0.00105'),
      charged: sol('0.000525'),
      providerShare: sol('0.0005'),
      fee: sol('0.000025'),
      feeBasisPoints: quote.feeBasisPoints,
      refund: sol('0.000525'),
      paidFromFees: sol('0'),
      networkFee: sol('0'),
      complete: false,
      payout: { state: 'due', money: sol('0.0005') },
    });
    expect(receipt.price.formula).toBe('0.001 SOL × 5000 ms ÷ 10000 ms = 0.0005 SOL');
    expect(receipt.phases).toEqual([
      { phase: 'queued', ms: 1_000, billed: false },
      { phase: 'preparing', ms: 2_000, billed: false },
      { phase: 'running', ms: 5_000, billed: true },
      { phase: 'collecting', ms: 500, billed: false },
    ]);
    expect(receipt.transfers.map(({ transferId }) => transferId)).toEqual(
      ['hold', 'rel', 'fee', 'cap'].map((kind) => `${kind}:${jobId}`),
    );
    const entries = await market.store.ledgerEntries(0, 100);
    for (const { entry, hash } of receipt.transfers) {
      const stored = entries.find((row) => row.entry === entry);
      expect(hash).toBe(Buffer.from(stored?.hash ?? []).toString('hex'));
    }
    expect(verifyReceipt(signed)).toBe(true);
    const { key } = await market.anonymous.call(getReceiptKey, {});
    expect([signed.key, key]).toEqual([testReceiptKey.address, testReceiptKey.address]);
  });

  it('[7.18] charges the fee that was quoted for a success', async () => {
    const { requester, calls, receiptOf } = await setUp();
    const body = testJob();
    const quote = await market.anonymous.call(createQuote, { body });
    const { quoteId } = quote;
    await market.restart({ feeBasisPoints: 2_500 });
    const { jobId } = await requester.client.call(createJob, { body }, { quoteId });
    const offer = await calls.offer();
    await calls.run(offer);
    await calls.report(offer);
    const { receipt } = await receiptOf(jobId);
    expect([receipt.fee, receipt.feeBasisPoints]).toEqual([quote.fee, quote.feeBasisPoints]);
    expect(receipt.charged).toEqual(quote.total);
    expect(receipt.price.formula).toBe('the reward = 0.001 SOL');
  });

  it.each([
    ['an amount', (signed: SignedReceipt) => (signed.receipt.charged = sol('0.001'))],
    ['a fact', (signed: SignedReceipt) => (signed.receipt.billedMs += 1)],
    ['the key', (signed: SignedReceipt) => (signed.key = '11111111111111111111111111111112')],
    ['a field more', (signed: SignedReceipt) => Object.assign(signed.receipt, { more: 1 })],
  ])('is not genuine with %s changed', async (_what, change) => {
    const { requester, receiptOf } = await setUp();
    const body = testJob({ limits: { queueSec: 1 } });
    const { jobId } = await requester.client.call(createJob, { body });
    clock.advance(1_000);
    await expect
      .poll(async () => (await requester.client.call(getJob, { params: { jobId } })).state, {
        timeout: 10_000,
      })
      .toBe('expired');
    const signed = await receiptOf(jobId);
    expect(signed.receipt).toMatchObject({
      settledAs: 'nobody',
      provider: null,
      payout: null,
      complete: true,
      charged: sol('0'),
      refund: sol('0.00105'),
      phases: [{ phase: 'queued', billed: false }],
    });
    expect(verifyReceipt(signed)).toBe(true);
    // Key order is nothing: the canonical form is what is signed.
    const shuffled = Object.fromEntries(Object.entries(signed.receipt).toReversed());
    expect(verifyReceipt({ ...signed, receipt: shuffled as SignedReceipt['receipt'] })).toBe(true);
    change(signed);
    expect(verifyReceipt(signed)).toBe(false);
  });

  it('is nobody else’s to read', async () => {
    const { requester } = await setUp();
    const { jobId } = await requester.client.call(createJob, { body: testJob() });
    const stranger = await openFundedAccount(market);
    await expect(stranger.client.call(getReceipt, { params: { jobId } })).rejects.toMatchObject({
      code: 'JOB_NOT_FOUND',
    });
  });
});
