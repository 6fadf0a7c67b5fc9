import { createClient } from '@node3/shared/client';
import { getJob } from '@node3/shared/routes/jobs';
import { createX402Job, getX402 } from '@node3/shared/routes/x402';
import { decodePaymentRequiredHeader, decodePaymentResponseHeader } from '@x402/core/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usdcJob, X402Testbed } from '../payments/testing/x402-testbed.ts';

let bed: X402Testbed;

beforeAll(async () => {
  bed = await X402Testbed.start();
});
afterAll(() => bed.stop());

const path = createX402Job.url;

function post(send: typeof fetch, body: unknown, headers: Record<string, string> = {}) {
  return send(bed.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

describe('an unpaid request', () => {
  it('[P73] is answered 402 with what it costs, for clients of both versions', async () => {
    const response = await post(fetch, usdcJob());
    expect(response.status).toBe(402);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const header = decodePaymentRequiredHeader(response.headers.get('payment-required') ?? '');
    expect(header).toMatchObject({
      x402Version: 2,
      accepts: [
        {
          scheme: 'exact',
          network: 'solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1',
          amount: '10500',
          asset: bed.localnet.usdcMint,
          payTo: bed.wallet.address,
          extra: { feePayer: bed.wallet.address, memo: expect.stringMatching(/^q:[\w-]{22}$/) },
        },
      ],
    });
    expect(await response.json()).toMatchObject({
      code: 'PAYMENT_REQUIRED',
      detail: 'This costs 0.0105 USDC.',
      x402Version: 1,
      accepts: [{ network: 'solana-devnet', maxAmountRequired: '10500' }],
    });
  });
});

describe('the stock client', () => {
  it('[P74] pays and gets its job, which its token reads', async () => {
    const buyer = bed.buyer();
    const pay = await bed.payingFetch(buyer);
    const response = await post(pay, usdcJob());
    const body = (await response.json()) as { jobId: string; jobToken: string; detail?: string };
    expect([response.status, body.detail]).toEqual([201, undefined]);
    const receipt = decodePaymentResponseHeader(response.headers.get('payment-response') ?? '');
    expect(receipt).toMatchObject({ success: true, payer: buyer.address });
    expect(response.headers.get('cache-control')).toBe('private');
    expect(await bed.usdcOf(buyer.address)).toBe(10_000_000n - 10_500n);
    const client = createClient({ baseUrl: bed.url, apiKey: body.jobToken });
    const job = await client.call(getJob, { params: { jobId: body.jobId } });
    expect(job).toMatchObject({ state: 'queued', settlement: { held: { amount: '0.0105' } } });
    await bed.settleAll();
    expect(await bed.process.store.verifyLedger()).toEqual({ balanced: true, problems: [] });
  });

  it('finds what is offered', async () => {
    const { offer } = await bed.anonymous.call(getX402, {});
    expect(offer).toMatchObject({ open: true, asset: { symbol: 'USDC', decimals: 6 } });
  });
});
