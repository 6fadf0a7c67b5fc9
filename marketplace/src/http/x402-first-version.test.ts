import { createKeyPairSignerFromBytes } from '@solana/kit';
import { wrapFetchWithPayment, x402Client } from '@x402/fetch';
import { ExactSvmSchemeV1 } from '@x402/svm/exact/v1/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Wallet } from '../payments/testing/payout-testbed.ts';
import { usdcJob, X402Testbed } from '../payments/testing/x402-testbed.ts';

let bed: X402Testbed;

beforeAll(async () => {
  bed = await X402Testbed.start();
});
afterAll(() => bed.stop());

const price = 10_500n;

interface FirstVersionChallenge {
  x402Version: number;
  accepts: Parameters<ExactSvmSchemeV1['createPaymentPayload']>[1][];
}

async function firstVersionScheme(buyer: Wallet): Promise<ExactSvmSchemeV1> {
  const signer = await createKeyPairSignerFromBytes(buyer.keypair.secretKey);
  return new ExactSvmSchemeV1(signer, { rpcUrl: bed.localnet.rpcUrl });
}

/** The header as the seed's client sends it: base64 of `{x402Version, scheme, network, payload}`. */
async function firstVersionHeader(buyer: Wallet, body: unknown): Promise<string> {
  const challenge = (await (await bed.post(body)).json()) as FirstVersionChallenge;
  const [accepted] = challenge.accepts;
  if (accepted === undefined) throw new Error('the challenge accepts nothing');
  const scheme = await firstVersionScheme(buyer);
  const payload = await scheme.createPaymentPayload(challenge.x402Version, accepted);
  return Buffer.from(JSON.stringify(payload)).toString('base64');
}

function decode(header: string | null): unknown {
  return JSON.parse(Buffer.from(header ?? '', 'base64').toString('utf8'));
}

describe('a client of the first version of x402', () => {
  it('[7.13] pays with X-PAYMENT and gets X-PAYMENT-RESPONSE with the names of that version', async () => {
    const buyer = bed.buyer();
    const header = await firstVersionHeader(buyer, usdcJob());
    expect(decode(header)).toEqual({
      x402Version: 1,
      scheme: 'exact',
      network: 'solana-devnet',
      payload: { transaction: expect.any(String) },
    });
    const response = await bed.post(usdcJob(), { 'x-payment': header });
    expect(response.status).toBe(201);
    expect(response.headers.get('payment-response')).toBeNull();
    expect(decode(response.headers.get('x-payment-response'))).toMatchObject({
      success: true,
      network: 'solana-devnet',
      payer: buyer.address,
      transaction: expect.stringMatching(/^[1-9A-HJ-NP-Za-km-z]{64,88}$/),
    });
    const again = await bed.post(usdcJob(), { 'x-payment': header });
    const [first, second] = (await Promise.all([response.json(), again.json()])) as {
      jobId: string;
    }[];
    expect(second?.jobId).toBe(first?.jobId);
    expect(await bed.usdcOf(buyer.address)).toBe(10_000_000n - price);
  });

  it('is bound to the body all the same', async () => {
    const buyer = bed.buyer();
    const header = await firstVersionHeader(buyer, usdcJob({ name: 'mine' }));
    const response = await bed.post(usdcJob({ name: 'theirs' }), { 'x-payment': header });
    expect(response.status).toBe(402);
    expect(decode(response.headers.get('x-payment-response'))).toMatchObject({
      success: false,
      errorReason: 'invalid_exact_svm_payload_memo_mismatch',
    });
    expect(await response.json()).toMatchObject({ x402Version: 1, accepts: [{}] });
    expect(await bed.usdcOf(buyer.address)).toBe(10_000_000n);
  });

  it('is refused for the network of another version', async () => {
    const header = await firstVersionHeader(bed.buyer(), usdcJob());
    const payload = decode(header) as object;
    const other = Buffer.from(JSON.stringify({ ...payload, network: 'solana' })).toString('base64');
    const response = await bed.post(usdcJob(), { 'x-payment': other });
    expect([response.status, await response.json()]).toMatchObject([
      402,
      { error: 'network_mismatch' },
    ]);
  });

  it('may be the stock client behind something that hides the newer header', async () => {
    const buyer = bed.buyer();
    const client = new x402Client().registerV1('solana-devnet', await firstVersionScheme(buyer));
    const hiding: typeof fetch = async (...request) => {
      const response = await fetch(...request);
      const headers = new Headers(response.headers);
      headers.delete('payment-required');
      return new Response(response.body, { status: response.status, headers });
    };
    const response = await bed.post(usdcJob(), {}, wrapFetchWithPayment(hiding, client));
    expect(response.status).toBe(201);
    expect(await bed.usdcOf(buyer.address)).toBe(10_000_000n - price);
  });
});
