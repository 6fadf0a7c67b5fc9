import { createClient } from '@node3/shared/client';
import { MarketError } from '@node3/shared/error';
import { cancelJob, getJob, getJobLogs } from '@node3/shared/routes/jobs';
import { getX402 } from '@node3/shared/routes/x402';
import { decodePaymentRequiredHeader, decodePaymentResponseHeader } from '@x402/core/http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { heldForJob, userAvailable, x402Inbound } from '../domain/ledger-accounts.ts';
import { usdcJob, X402Testbed } from '../payments/testing/x402-testbed.ts';

let bed: X402Testbed;

beforeAll(async () => {
  bed = await X402Testbed.start();
});
afterAll(() => bed.stop());

interface Answer {
  jobId: string;
  jobToken: string;
  code?: string;
  context?: { signature: string };
  payment: { signature: string; payer: string; accountId: string };
}

async function answerOf(response: Response): Promise<Answer> {
  return (await response.json()) as Answer;
}

const price = 10_500n;

describe('an unpaid request', () => {
  it('[7.13] [P73] is answered 402 with what it costs, for clients of both versions', async () => {
    const response = await bed.post(usdcJob());
    expect(response.status).toBe(402);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const header = decodePaymentRequiredHeader(response.headers.get('payment-required') ?? '');
    const extra = { feePayer: bed.wallet.address, memo: expect.stringMatching(/^q:[\w-]{22}$/) };
    expect(header).toMatchObject({
      x402Version: 2,
      resource: { url: `${bed.url}/api/v1/x402/jobs` },
      accepts: [
        {
          scheme: 'exact',
          network: 'solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1',
          amount: String(price),
          asset: bed.localnet.usdcMint,
          payTo: bed.wallet.address,
          extra: { ...extra, paymentFlow: 'upfront', nonce: expect.stringMatching(/^[\w-]{22}$/) },
        },
      ],
    });
    expect(await response.json()).toMatchObject({
      code: 'PAYMENT_REQUIRED',
      detail: 'This costs 0.0105 USDC.',
      x402Version: 1,
      accepts: [{ network: 'solana-devnet', maxAmountRequired: String(price), extra }],
    });
  });

  it('is asked for the same price and another memo each time, however its fields are ordered', async () => {
    const { workload, price: reward } = usdcJob();
    const [one, two] = await Promise.all([
      bed.challenge({ workload, price: reward }),
      bed.challenge({ price: reward, workload }),
    ]);
    expect(two.accepts[0]?.amount).toBe(one.accepts[0]?.amount);
    expect(two.accepts[0]?.extra['memo']).not.toBe(one.accepts[0]?.extra['memo']);
    const payload = await bed.payload(bed.buyer(), { workload, price: reward });
    expect((await bed.pay({ price: reward, workload }, payload)).status).toBe(201);
    const other = await bed.challenge(usdcJob({ name: 'other' }));
    expect(other.accepts[0]?.amount).toBe(one.accepts[0]?.amount);
    expect(other.accepts[0]?.extra['memo']).not.toBe(one.accepts[0]?.extra['memo']);
  });

  it('moves no less than its fee is worth: what the job costs less is credit', async () => {
    const job = usdcJob({
      price: { kind: 'fixed', reward: { amount: '0.000001', asset: 'USDC' } },
    });
    const unpaid = await bed.post(job);
    const { detail } = (await unpaid.json()) as { detail: string };
    expect(detail).toBe(
      'This costs 0.005 USDC, the least that a payment moves; what the job costs less is credit.',
    );
    const buyer = bed.buyer();
    const paid = await answerOf(await bed.pay(job, await bed.payload(buyer, job)));
    const { accountId } = paid.payment;
    expect(await bed.process.store.ledgerBalance(userAvailable(accountId), 'USDC')).toBe(4_999n);
    expect(await bed.process.store.ledgerBalance(heldForJob(paid.jobId), 'USDC')).toBe(1n);
  });

  it.each([
    [{ ...usdcJob(), colour: 'red' }, 422, 'REQUEST_INVALID'],
    [usdcJob({ resources: { gpus: { count: 1, models: ['No Such'] } } }), 422, 'REQUEST_INVALID'],
    [
      { ...usdcJob(), price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } } },
      422,
      'REQUEST_INVALID',
    ],
    [
      { ...usdcJob(), price: { kind: 'fixed', reward: { amount: '0', asset: 'USDC' } } },
      422,
      'AMOUNT_INVALID',
    ],
  ])(
    'is refused before it is asked for money when it could not be posted (%#)',
    async (body, status, code) => {
      const response = await bed.post(body);
      expect([response.status, (await answerOf(response)).code]).toEqual([status, code]);
      expect(response.headers.get('payment-required')).toBeNull();
    },
  );

  it('finds what is offered, and what stock clients need to be told', async () => {
    const { offer } = await bed.anonymous.call(getX402, {});
    expect(offer).toMatchObject({
      open: true,
      networks: { v2: 'solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1', v1: 'solana-devnet' },
      asset: { mint: bed.localnet.usdcMint, symbol: 'USDC', decimals: 6 },
      payTo: bed.wallet.address,
      spendControl: expect.stringContaining('maxAmountPerPayment'),
    });
  });
});

describe('the stock client', () => {
  it('[7.13] [P74] pays once and gets its job, whose token reads and cancels this job only', async () => {
    const buyer = bed.buyer();
    const pay = await bed.payingFetch(buyer);
    const response = await bed.post(usdcJob(), {}, pay);
    expect(response.status).toBe(201);
    const { jobId, jobToken, payment } = await answerOf(response);
    const receipt = decodePaymentResponseHeader(response.headers.get('payment-response') ?? '');
    expect(receipt).toEqual({
      success: true,
      payer: buyer.address,
      network: 'solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1',
      transaction: payment.signature,
    });
    expect(response.headers.get('cache-control')).toBe('private');
    expect(await bed.usdcOf(buyer.address)).toBe(10_000_000n - price);

    const holder = createClient({ baseUrl: bed.url, apiKey: jobToken });
    const params = { jobId };
    const job = await holder.call(getJob, { params });
    expect(job).toMatchObject({ state: 'queued', settlement: { held: { amount: '0.0105' } } });
    expect(await holder.call(getJobLogs, { params, query: {} })).toMatchObject({ data: [] });
    const other = await answerOf(await bed.post(usdcJob({ name: 'other' }), {}, pay));
    await expect(holder.call(getJob, { params: { jobId: other.jobId } })).rejects.toMatchObject({
      code: 'AUTH_INVALID',
    });
    expect(await holder.call(cancelJob, { params })).toMatchObject({ state: 'cancelled' });
    const { available } = (await bed.process.store.accountBalances(payment.accountId)).USDC;
    expect(available).toBe(price);
  });

  it('moves what it paid into the treasury once the payment is final', async () => {
    const { store } = bed.process;
    const pay = await bed.payingFetch(bed.buyer());
    expect((await bed.post(usdcJob(), {}, pay)).status).toBe(201);
    expect(await store.ledgerBalance(x402Inbound, 'USDC')).toBeGreaterThan(0n);
    await bed.settleAll();
    expect(await store.ledgerBalance(x402Inbound, 'USDC')).toBe(0n);
    const { treasury } = await store.ledgerTotals();
    expect(treasury.USDC).toBe(await bed.usdcOf(bed.wallet.address));
    // To the lamport: every network fee that we paid for payers is booked.
    expect(treasury.SOL).toBe((await bed.process.treasury.balances()).SOL);
    expect(await store.verifyLedger()).toMatchObject({ balanced: true });
  });

  it('[P86] refuses more than $1 by itself and says so; with spend controls it pays', async () => {
    const buyer = bed.buyer();
    const body = usdcJob({ price: { kind: 'fixed', reward: { amount: '2', asset: 'USDC' } } });
    await expect(bed.post(body, {}, await bed.payingFetch(buyer))).rejects.toThrow(/spend|max/i);
    expect(await bed.usdcOf(buyer.address)).toBe(10_000_000n);
    const payload = await (
      await bed.stockClient(buyer, { maxAmountPerPayment: '$50' })
    ).createPaymentPayload(await bed.challenge(body));
    expect((await bed.pay(body, payload)).status).toBe(201);
  });
});

describe('a repeated payment', () => {
  it('[7.13] [P75] [P76] answers the same job, however often and at once, and is charged once', async () => {
    const buyer = bed.buyer();
    const body = usdcJob({ name: 'again and again' });
    const payload = await bed.payload(buyer, body);
    const atOnce = await Promise.all([1, 2, 3].map(() => bed.pay(body, payload)));
    const later = await bed.pay(body, payload);
    const responses = [...atOnce, later];
    expect(responses.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    const answers = await Promise.all(responses.map(answerOf));
    expect(new Set(answers.map(({ jobId }) => jobId)).size).toBe(1);
    expect(new Set(answers.map(({ jobToken }) => jobToken)).size).toBe(1);
    expect(later.headers.get('idempotency-replayed')).toBe('true');
    expect(later.headers.get('payment-response')).toBe(
      atOnce[0]?.headers.get('payment-response') ?? 'none',
    );
    expect(await bed.usdcOf(buyer.address)).toBe(10_000_000n - price);
  });

  it('[P77] does not pay for another body of the same price', async () => {
    const buyer = bed.buyer();
    const body = usdcJob({ name: 'mine' });
    const stolen = usdcJob({ name: 'somebody else' });
    const payload = await bed.payload(buyer, body);
    for (const tried of ['before', 'after']) {
      const response = await bed.pay(stolen, payload);
      const header = decodePaymentRequiredHeader(response.headers.get('payment-required') ?? '');
      expect([tried, response.status]).toEqual([tried, 402]);
      expect(header.error).toContain('memo_mismatch');
      expect((await bed.pay(body, payload)).status).toBe(201);
    }
    expect(await bed.usdcOf(buyer.address)).toBe(10_000_000n - price);
  });

  it('read from the chain opens nothing to whoever guesses the body', async () => {
    const body = usdcJob({ name: 'guessable' });
    const payload = await bed.payload(bed.buyer(), body);
    const { payment } = await answerOf(await bed.pay(body, payload));
    const { transaction } = (await bed.rpc('getTransaction', [
      payment.signature,
      { encoding: 'base64', commitment: 'confirmed', maxSupportedTransactionVersion: 1 },
    ])) as { transaction: [string, string] };
    const [accepted] = (await bed.challenge(body)).accepts;
    for (const copied of [accepted, { ...payload.accepted, extra: {} }]) {
      const stolen = { ...payload, accepted: copied, payload: { transaction: transaction[0] } };
      const response = await bed.pay(body, stolen as typeof payload);
      expect([response.status, (await answerOf(response)).jobToken]).toEqual([402, undefined]);
      const header = decodePaymentRequiredHeader(response.headers.get('payment-required') ?? '');
      expect(header.error).toContain('memo_mismatch');
    }
  });

  it('with the same Idempotency-Key answers the first job and is never sent', async () => {
    const buyer = bed.buyer();
    const body = usdcJob({ name: 'keyed' });
    const key = { 'idempotency-key': 'one-and-only' };
    const first = await answerOf(await bed.pay(body, await bed.payload(buyer, body), key));
    const again = await bed.pay(body, await bed.payload(buyer, body), key);
    expect([again.status, (await answerOf(again)).jobId]).toEqual([201, first.jobId]);
    const other = usdcJob({ name: 'another body' });
    const mismatch = await bed.pay(other, await bed.payload(buyer, other), key);
    expect((await answerOf(mismatch)).code).toBe('IDEMPOTENCY_MISMATCH');
    expect(await bed.usdcOf(buyer.address)).toBe(10_000_000n - price);
  });

  it('that has arrived gets its job once it can be stored, while new ones are refused', async () => {
    const buyer = bed.buyer();
    const body = usdcJob({ name: 'on a full disk' });
    const payload = await bed.payload(buyer, body);
    const { store } = bed.process;
    vi.spyOn(store, 'fulfilX402').mockRejectedValueOnce(new MarketError('STORAGE_FULL'));
    const pending = await answerOf(await bed.pay(body, payload));
    expect(pending.code).toBe('PAYMENT_PENDING');
    bed.disk.free = 50;
    await bed.room.look();
    try {
      expect((await answerOf(await bed.post(body))).code).toBe('STORAGE_FULL');
      const { payment } = await answerOf(await bed.pay(body, payload));
      expect(payment.signature).toBe(pending.context?.signature);
    } finally {
      bed.disk.free = 1_000;
      await bed.room.look();
    }
    expect(await bed.usdcOf(buyer.address)).toBe(10_000_000n - price);
  });

  it('[P87] with a payment id answers the same payment and refuses another one', async () => {
    const buyer = bed.buyer();
    const body = usdcJob({ name: 'identified' });
    const identify = async () => {
      const payload = await bed.payload(buyer, body);
      const info = { required: false, id: 'pay_7d5d747be160e280504c099d' };
      return { ...payload, extensions: { 'payment-identifier': { info, schema: {} } } };
    };
    const payload = await identify();
    const first = await answerOf(await bed.pay(body, payload));
    expect((await answerOf(await bed.pay(body, payload))).jobId).toBe(first.jobId);
    const another = await bed.pay(body, await identify());
    expect([another.status, (await answerOf(another)).code]).toEqual([409, 'PAYMENT_CONFLICT']);
    // The transaction is public; without the id that only its payer knows it opens nothing.
    const { extensions: _kept, ...copied } = payload;
    const copy = await bed.pay(body, copied);
    expect([copy.status, (await answerOf(copy)).code]).toEqual([409, 'PAYMENT_CONFLICT']);
    expect(await bed.usdcOf(buyer.address)).toBe(10_000_000n - price);
  });
});
