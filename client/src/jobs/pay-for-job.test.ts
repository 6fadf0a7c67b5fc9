import { X402Testbed } from '@node3/marketplace/payments/testing/x402-testbed';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usdc } from '../money.ts';
import { Node3 } from '../node3.ts';
import { usdcSpec } from '../testing/testbed.ts';
import type { PaymentRequired } from './pay-for-job.ts';

let bed: X402Testbed;
beforeAll(async () => {
  bed = await X402Testbed.start();
});
afterAll(() => bed.stop());

/** A wallet, and a client that pays with it as the stock x402 client signs. */
async function payer(maxPayment: string, send: typeof fetch = fetch) {
  const wallet = bed.buyer();
  const stock = await bed.stockClient(wallet);
  const asked: PaymentRequired[] = [];
  const node3 = new Node3({
    url: bed.url,
    fetch: send,
    x402: {
      maxPayment: usdc(maxPayment),
      pay(required) {
        asked.push(required);
        return stock.createPaymentPayload(
          required as Parameters<typeof stock.createPaymentPayload>[0],
        );
      },
    },
  });
  return { wallet, asked, node3 };
}

describe('a job without an account', () => {
  it('is paid for with the request, and followed by its own key', async () => {
    const { wallet, node3, asked } = await payer('1');
    const job = await node3.jobs.pay(usdcSpec());
    expect(job.payment?.payer).toBe(wallet.address);
    expect(job.settlement.held).toEqual(usdc('0.105'));
    expect([asked.length, asked[0]?.accepts[0]?.amount]).toEqual([1, '105000']);
    expect(await bed.usdcOf(wallet.address)).toBe(10_000_000n - 105_000n);
    expect((await node3.jobs.get(job)).state).toBe('queued');
    await expect(node3.jobs.get(job.jobId)).rejects.toMatchObject({ code: 'AUTH_REQUIRED' });
    const waited = node3.jobs.wait(job);
    await node3.jobs.cancel(job);
    expect((await waited).state).toBe('cancelled');
  });

  it('is paid for once when the answer gets lost', async () => {
    let lost = 0;
    const losing: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init);
      const isPaid = new Headers(init?.headers).has('payment-signature');
      if (!isPaid || lost > 0) return answer;
      lost += 1;
      throw new TypeError('the connection is gone');
    };
    const { wallet, node3, asked } = await payer('1', losing);
    const job = await node3.jobs.create(usdcSpec());
    expect([lost, asked.length]).toEqual([1, 1]);
    expect(job.settlement.held).toEqual(usdc('0.105'));
    expect(await bed.usdcOf(wallet.address)).toBe(10_000_000n - 105_000n);
  });

  it('is not signed for above the limit of the client or of the call', async () => {
    const { node3, asked } = await payer('0.1');
    await expect(node3.jobs.pay(usdcSpec())).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
      scope: 'payment',
    });
    const rich = await payer('1');
    const capped = rich.node3.jobs.pay(usdcSpec(), { maxCost: usdc('0.1') });
    await expect(capped).rejects.toMatchObject({ scope: 'call', needed: usdc('0.105') });
    expect([...asked, ...rich.asked]).toEqual([]);
  });

  it('is not signed for in a token that nobody knows to be USDC', async () => {
    const mint = 'So11111111111111111111111111111111111111112';
    const other: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init);
      const asked = answer.headers.get('payment-required');
      if (asked === null) return answer;
      const required = JSON.parse(atob(asked)) as PaymentRequired;
      const accepts = required.accepts.map((way) => ({ ...way, asset: mint }));
      const headers = { 'payment-required': btoa(JSON.stringify({ ...required, accepts })) };
      return new Response(null, { status: 402, headers });
    };
    const { node3, asked } = await payer('1', other);
    const refused = node3.jobs.pay(usdcSpec());
    await expect(refused).rejects.toMatchObject({ code: 'CONTENT_INVALID' });
    await expect(refused).rejects.toThrow(mint);
    expect(asked).toEqual([]);
  });

  it('is refused with what its signer says, and without one at all', async () => {
    const pay = () => Promise.reject(new Error('the wallet is locked'));
    const x402 = { maxPayment: usdc('1'), pay };
    await expect(new Node3({ url: bed.url, x402 }).jobs.pay(usdcSpec())).rejects.toThrow('locked');
    const nonsense = { maxPayment: usdc('1'), pay: () => Promise.resolve({ no: 'payment' }) };
    const node3 = new Node3({ url: bed.url, x402: nonsense });
    await expect(node3.jobs.pay(usdcSpec())).rejects.toMatchObject({ field: 'x402.pay' });
    const none = new Node3({ url: bed.url }).jobs.pay(usdcSpec());
    await expect(none).rejects.toMatchObject({ code: 'OPTION_INVALID', field: 'x402' });
  });
});
