import { baseUnits } from '@node3/shared/money';
import { getX402 } from '@node3/shared/routes/x402';
import { Keypair, type PublicKey, SystemProgram } from '@solana/web3.js';
import { decodePaymentRequiredHeader, decodePaymentResponseHeader } from '@x402/core/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HandMadeChanges, handMadePayment } from '../payments/testing/hand-made-payment.ts';
import { newWallet, type Wallet } from '../payments/testing/payout-testbed.ts';
import { usdcJob, X402Testbed } from '../payments/testing/x402-testbed.ts';

let bed: X402Testbed;

beforeAll(async () => {
  bed = await X402Testbed.start();
});
afterAll(() => bed.stop());

async function recentBlockhash(): Promise<string> {
  const { value } = (await bed.rpc('getLatestBlockhash', [{ commitment: 'confirmed' }])) as {
    value: { blockhash: string };
  };
  return value.blockhash;
}

async function payByHand(buyer: Wallet, body: unknown, changes: HandMadeChanges = {}) {
  const challenge = await bed.challenge(body);
  const payload = handMadePayment(challenge, buyer, await recentBlockhash(), changes);
  return bed.pay(body, payload);
}

/** The word of the protocol in a refusal. */
async function reasonOf(response: Response): Promise<string> {
  const header = response.headers.get('payment-required');
  if (header === null) return `${response.status} ${await response.text()}`;
  const answered = decodePaymentResponseHeader(response.headers.get('payment-response') ?? '');
  expect(answered).toMatchObject({ success: false, transaction: '' });
  return decodePaymentRequiredHeader(header).error ?? '';
}

const feePayerPays = (feePayer: PublicKey) => [
  SystemProgram.transfer({
    fromPubkey: feePayer,
    toPubkey: Keypair.generate().publicKey,
    lamports: 1_000_000,
  }),
];
const mainnet = 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp';
const otherMint = 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v';

describe('a payment made by hand', () => {
  it('is taken when it is honest', async () => {
    const response = await payByHand(bed.buyer(), usdcJob());
    expect(response.status).toBe(201);
  });

  it.each<[string, HandMadeChanges, string]>([
    ['[P78] pays less', { amount: 10_499n }, 'amount_mismatch'],
    ['[P78] pays nothing', { amount: 0n }, 'amount_mismatch'],
    ['pays more', { amount: 10_501n }, 'amount_mismatch'],
    ['[P85] names another network', { network: mainnet }, 'network_mismatch'],
    ['[P85] moves another mint', { mint: otherMint }, 'mint_mismatch'],
    ['[P85] pays somebody else', { payTo: newWallet().address }, 'recipient_mismatch'],
    ['[P85] carries another memo', { memo: 'q:another' }, 'memo_mismatch'],
    [
      '[P83] names the fee payer in an instruction',
      { memoNamesFeePayer: true },
      'fee_payer_in_instruction',
    ],
    ['[P83] lets the fee payer pay', { extra: feePayerPays }, 'unknown_fifth_instruction'],
    [
      '[P84] offers a high priority fee',
      { unitPrice: 10_001 },
      'compute_price_instruction_too_high',
    ],
    ['[P84] asks for many units', { computeUnits: 60_001 }, 'compute_limit_instruction_too_high'],
    ['[P84] wants a third signature', { cosigner: Keypair.generate() }, 'excessive_signers'],
    ['[P82] has an expired blockhash', { blockhash: newWallet().address }, 'simulation_failed'],
  ])('%s: refused, and nothing is charged or sent', async (_what, changes, reason) => {
    const buyer = bed.buyer();
    await bed.settleAll();
    const before = await bed.process.treasury.balances();
    const response = await payByHand(buyer, usdcJob(), changes);
    expect(response.status).toBe(402);
    expect(await reasonOf(response)).toContain(reason);
    expect(await bed.usdcOf(buyer.address)).toBe(10_000_000n);
    expect(await bed.process.treasury.balances()).toEqual(before);
  });

  it('[P78] for a cheap job does not pay for a dear one', async () => {
    const buyer = bed.buyer();
    const dear = usdcJob({ price: { kind: 'fixed', reward: { amount: '0.5', asset: 'USDC' } } });
    const response = await bed.pay(dear, await bed.payload(buyer, usdcJob()));
    expect([response.status, await reasonOf(response)]).toEqual([
      402,
      expect.stringContaining('amount_mismatch'),
    ]);
    expect(await bed.usdcOf(buyer.address)).toBe(10_000_000n);
  });

  it('without money is found out before anything is sent', async () => {
    const response = await payByHand(bed.buyer(100n), usdcJob());
    expect([response.status, await reasonOf(response)]).toEqual([
      402,
      expect.stringContaining('simulation_failed'),
    ]);
  });

  it.each(['', 'not base64 at all', 'e30=', Buffer.from('[1]').toString('base64')])(
    'that can not be read (%j) is told so',
    async (header) => {
      const response = await bed.post(usdcJob(), { 'payment-signature': header });
      expect(response.status).toBe(402);
      expect(await reasonOf(response)).toBe('invalid_payload');
    },
  );
});

describe('the limits of what a payer can make us spend', () => {
  it('[P84] end with the network fees of a day, before anything is sent', async () => {
    // One payment costs 10,000 lamports and its priority; the second goes beyond the budget.
    const tight = await X402Testbed.start({
      settings: { dailyFeeLamportsMax: baseUnits(15_000n) },
    });
    const buyer = tight.buyer();
    const statuses: number[] = [];
    for (const name of ['one', 'two']) {
      const body = usdcJob({ name });
      statuses.push((await tight.pay(body, await tight.payload(buyer, body))).status);
    }
    expect(statuses).toEqual([201, 503]);
    expect(await tight.usdcOf(buyer.address)).toBe(10_000_000n - 10_500n);
    await tight.stop();
  });

  it('[P84] are not spent on several payments at once of a payer who has money for one', async () => {
    const buyer = bed.buyer(10_500n);
    const bodies = ['a', 'b', 'c', 'd'].map((name) => usdcJob({ name }));
    const payloads = await Promise.all(bodies.map((body) => bed.payload(buyer, body)));
    await bed.settleAll();
    const before = (await bed.process.treasury.balances()).SOL ?? 0n;
    const responses = await Promise.all(
      bodies.map((body, i) => bed.pay(body, payloads[i] as (typeof payloads)[number])),
    );
    const statuses = responses.map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([201, 402, 402, 402]);
    await bed.settleAll();
    // One fee of two signatures and a lamport of priority; the others are found out before.
    expect(before - ((await bed.process.treasury.balances()).SOL ?? 0n)).toBe(10_001n);
  });

  it('[P84] count the payments of one wallet', async () => {
    const buyer = bed.buyer();
    const statuses = new Set<number>();
    for (let i = 0; i < 31; i += 1) {
      const body = usdcJob({ name: `job ${i}` });
      const last = await payByHand(buyer, body);
      statuses.add(last.status);
      if (last.status === 429) expect(last.headers.get('retry-after')).toMatch(/^\d+$/);
    }
    expect([...statuses]).toEqual([201, 429]);
    expect(await bed.usdcOf(buyer.address)).toBe(10_000_000n - 30n * 10_500n);
  });
});

describe('a marketplace that may not pay', () => {
  it.each(['[P60] stopped', '[P58] halted'])('%s: takes no payment, begun or new', async (tag) => {
    const gate = tag.includes('stopped') ? 'stopped' : 'halted';
    const buyer = bed.buyer();
    const payload = await bed.payload(buyer, usdcJob());
    bed[gate] = 'Nothing is signed: a drill.';
    const { offer } = await bed.anonymous.call(getX402, {});
    expect(offer).toMatchObject({ open: false, reason: bed[gate] });
    const [unpaid, paid] = [await bed.post(usdcJob()), await bed.pay(usdcJob(), payload)];
    expect([unpaid.status, paid.status]).toEqual([503, 503]);
    expect(await bed.usdcOf(buyer.address)).toBe(10_000_000n);
    bed[gate] = null;
    expect((await bed.pay(usdcJob(), payload)).status).toBe(201);
  });
});

describe('a marketplace without a USDC account', () => {
  it('[P88] says so at its start and takes no payment', async () => {
    const closed = await X402Testbed.start({ usdcAccount: 'missing' });
    const { offer } = await closed.anonymous.call(getX402, {});
    expect(offer).toMatchObject({
      open: false,
      reason: expect.stringContaining('has no USDC account'),
    });
    const response = await closed.post(usdcJob());
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'PAYMENT_UNAVAILABLE' });
    await closed.process.treasury.ensureUsdcAccount();
    await closed.process.x402.refresh();
    expect((await closed.post(usdcJob())).status).toBe(402);
    await closed.stop();
  });
});
