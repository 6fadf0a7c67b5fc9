import { createClient } from '@node3/shared/client';
import { systemClock } from '@node3/shared/clock';
import { createAccount, getAccount } from '@node3/shared/routes/accounts';
import { createChallenge } from '@node3/shared/routes/auth';
import { createJob } from '@node3/shared/routes/jobs';
import {
  createAssociatedTokenAccountIdempotentInstruction,
  createTransferCheckedInstruction,
} from '@solana/spl-token';
import { PublicKey, Transaction } from '@solana/web3.js';
import { decodePaymentRequiredHeader, decodePaymentResponseHeader } from '@x402/core/http';
import bs58 from 'bs58';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { x402Inbound } from '../../domain/ledger-accounts.ts';
import { testAgentCalls } from '../../testing/test-agent.ts';
import { registerTestAgent } from '../../testing/test-marketplace.ts';
import { proveReserves } from '../reserves.ts';
import { usdcAccountOf } from '../solana/transaction-builder.ts';
import { keyOf, newWallet, type Wallet } from '../testing/payout-testbed.ts';
import { usdcJob, X402Testbed } from '../testing/x402-testbed.ts';
import type { X402FaultPoint } from './settlement-context.ts';

let bed: X402Testbed;

beforeEach(async () => {
  bed = await X402Testbed.start();
});
afterEach(() => bed.stop());

const price = 10_500n;
const funds = 10_000_000n;

interface Answer {
  jobId: string;
  code: string;
  context: Record<string, unknown>;
}

async function answerOf(response: Response): Promise<Answer> {
  return (await response.json()) as Answer;
}

/** A process that dies when it gets to this point. */
function dyingAt(point: X402FaultPoint) {
  return {
    fp(reached: X402FaultPoint) {
      if (reached === point) throw new Error(`died ${point}`);
    },
  };
}

/** The chain and the ledger agree on every micro-USDC and lamport of the treasury. */
async function expectBooksToFit(): Promise<void> {
  await bed.settleAll();
  const { store, treasury } = bed.process;
  const booked = (await store.ledgerTotals()).treasury;
  expect(booked).toEqual(await treasury.balances());
  expect(await store.ledgerBalance(x402Inbound, 'USDC')).toBe(0n);
  expect(await store.verifyLedger()).toMatchObject({ balanced: true });
}

/** Opens the account of a wallet the way anybody does. */
async function openAccountOf(wallet: Wallet) {
  const body = { wallet: wallet.address, purpose: 'account.create' as const };
  const challenge = await bed.anonymous.call(createChallenge, { body });
  const signed = await keyOf(wallet).sign(new TextEncoder().encode(challenge.message));
  const proof = { challengeId: challenge.challengeId, signature: bs58.encode(signed) };
  const { apiKey } = await bed.anonymous.call(createAccount, { body: proof });
  return createClient({ baseUrl: bed.url, apiKey });
}

describe('a payment whose sending goes wrong', () => {
  it.each([
    ['[P79] the answer of the send is lost', { action: 'lose-answer' }],
    ['the send is dropped', { action: 'drop' }],
    ['the send is refused', { action: 'refuse' }],
    ['the node answers 429', { action: 'error', httpStatus: 429 }],
    ['it lands ten slots late', { action: 'delay', slots: 10 }],
  ] as const)('%s: it is paid once and makes its job', async (_what, fault) => {
    const buyer = bed.buyer();
    const payload = await bed.payload(buyer, usdcJob());
    const struck = bed.localnet.faults.add({ method: 'sendTransaction', ...fault });
    const response = await bed.pay(usdcJob(), payload);
    expect([response.status, struck.hits()]).toEqual([201, 1]);
    const again = await bed.pay(usdcJob(), payload);
    expect((await answerOf(again)).jobId).toBe((await answerOf(response)).jobId);
    expect(await bed.usdcOf(buyer.address)).toBe(funds - price);
    await expectBooksToFit();
  });

  it('is pending while nobody can see it, and then makes its job', async () => {
    await bed.crash({ settings: { waitMs: 100 } });
    const buyer = bed.buyer();
    const payload = await bed.payload(buyer, usdcJob());
    const blind = bed.localnet.faults.add({
      method: 'getSignatureStatuses',
      action: 'null-statuses',
      times: null,
    });
    const response = await bed.pay(usdcJob(), payload);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await answerOf(response)).toMatchObject({ code: 'PAYMENT_PENDING' });
    blind.remove();
    expect((await bed.pay(usdcJob(), payload)).status).toBe(201);
    expect(await bed.usdcOf(buyer.address)).toBe(funds - price);
    await expectBooksToFit();
  });

  it('is sent again when a fork takes it back', async () => {
    await bed.stop();
    bed = await X402Testbed.start({ finalizedLagSlots: 50 });
    const buyer = bed.buyer();
    const payload = await bed.payload(buyer, usdcJob());
    bed.localnet.advanceSlots(40);
    expect((await bed.pay(usdcJob(), payload)).status).toBe(201);
    expect(bed.localnet.fork(30, null)).toHaveLength(1);
    expect(await bed.usdcOf(buyer.address)).toBe(funds);
    await expectBooksToFit();
    expect(await bed.usdcOf(buyer.address)).toBe(funds - price);
  });

  it('taken back by a fork and then refused, is no money that is on its way', async () => {
    await bed.stop();
    bed = await X402Testbed.start({ finalizedLagSlots: 50 });
    const buyer = bed.buyer(price);
    const payload = await bed.payload(buyer, usdcJob());
    bed.localnet.advanceSlots(40);
    const { payment } = (await (await bed.pay(usdcJob(), payload)).json()) as Paid;
    const { store, treasury, x402 } = bed.process;
    expect(await store.x402Settlement(payment.signature)).toMatchObject({ state: 'confirmed' });
    expect(bed.localnet.fork(30, null)).toHaveLength(1);
    await moveEverythingAway(buyer);
    await x402.step();
    bed.localnet.advanceSlots(60);
    await x402.step();
    const ended = { state: 'reverted', reason: 'transaction_failed' };
    expect(await store.x402Settlement(payment.signature)).toMatchObject(ended);
    // The fee is ours all the same; the money is owed and not there, which must stop payouts.
    const { SOL, USDC } = await proveReserves({
      store,
      treasury,
      clock: systemClock,
      confirmMs: 0,
    });
    expect([SOL.deficit, SOL.surplus, USDC.deficit]).toEqual([0n, 0n, price]);
  });
});

interface Paid {
  payment: { signature: string };
}

describe('a fee payer with a wallet of its own', () => {
  it('pays the fees, and the treasury pays nothing', async () => {
    await bed.crash({ feePayer: 'separate' });
    const before = await bed.process.treasury.balances();
    const buyer = bed.buyer();
    const challenge = await bed.challenge(usdcJob());
    expect(challenge.accepts[0]).toMatchObject({
      payTo: bed.wallet.address,
      extra: { feePayer: bed.feeWallet.address },
    });
    expect((await bed.pay(usdcJob(), await bed.payload(buyer, usdcJob()))).status).toBe(201);
    await expectBooksToFit();
    const { SOL } = await bed.process.treasury.balances();
    expect(SOL).toBe(before.SOL);
    const left = (await bed.rpc('getBalance', [bed.feeWallet.address])) as { value: number };
    expect(left.value).toBeLessThan(1_000_000_000);
    const { x402 } = bed.process;
    await x402.refresh();
    expect(x402.feePayerLamports()).toBe(BigInt(left.value));
    const fault = { method: 'getMultipleAccounts', action: 'refuse', times: null } as const;
    const silent = bed.localnet.faults.add(fault);
    await x402.refresh();
    expect(x402.feePayerLamports()).toBeNull();
    silent.remove();
    await x402.refresh();
    expect(x402.feePayerLamports()).toBe(BigInt(left.value));
  });
});

describe('a crash', () => {
  it.each(['after-sign', 'after-persist', 'after-send', 'after-confirm'] as const)(
    '[P80] %s: the same payment after the restart makes one job and is charged once',
    async (point) => {
      await bed.crash(dyingAt(point));
      const buyer = bed.buyer();
      const payload = await bed.payload(buyer, usdcJob());
      expect((await bed.pay(usdcJob(), payload)).status).toBe(500);
      await bed.crash();
      const first = await bed.pay(usdcJob(), payload);
      await bed.crash();
      const second = await bed.pay(usdcJob(), payload);
      expect([first.status, second.status]).toEqual([201, 201]);
      expect((await answerOf(second)).jobId).toBe((await answerOf(first)).jobId);
      expect(second.headers.get('payment-response')).toBe(first.headers.get('payment-response'));
      expect(await bed.usdcOf(buyer.address)).toBe(funds - price);
      await expectBooksToFit();
    },
  );

  it.each(['after-persist', 'after-send', 'after-confirm'] as const)(
    '[P80] %s: a payer who never comes back has the money as credit, and may still come',
    async (point) => {
      await bed.crash(dyingAt(point));
      const buyer = bed.buyer();
      const payload = await bed.payload(buyer, usdcJob());
      expect((await bed.pay(usdcJob(), payload)).status).toBe(500);
      await bed.crash();
      await expectBooksToFit();
      const client = await openAccountOf(buyer);
      const { balances } = await client.call(getAccount, {});
      expect(balances.USDC.available.amount).toBe('0.0105');
      expect((await bed.pay(usdcJob(), payload)).status).toBe(201);
      const after = await client.call(getAccount, {});
      expect(after.balances.USDC).toMatchObject({
        available: { amount: '0' },
        held: { amount: '0.0105' },
      });
      expect(await bed.usdcOf(buyer.address)).toBe(funds - price);
    },
  );

  it('leaves no signature of the treasury that the database does not know', async () => {
    const buyer = bed.buyer();
    await bed.crash(dyingAt('after-send'));
    await bed.pay(usdcJob(), await bed.payload(buyer, usdcJob()));
    const { store, rail } = await bed.crash();
    await bed.settleAll();
    const { signatures } = await rail.treasuryHistory(null);
    const known = await store.ownSignatures(signatures);
    const ours = await Promise.all(
      signatures.map(async (signature) => (await rail.isSignedByTreasury(signature)) === true),
    );
    const unknown = signatures.filter((signature, i) => ours[i] === true && !known.has(signature));
    expect([ours.filter(Boolean).length > 1, unknown]).toEqual([true, []]);
  });
});

describe('a payment that ends without a job', () => {
  it('[P81] is credited when the job can no longer be posted, and the answer says so', async () => {
    const dear = usdcJob({ resources: { cpus: 200 } });
    await bed.crash(dyingAt('after-send'));
    const buyer = bed.buyer();
    const payload = await bed.payload(buyer, dear);
    expect((await bed.pay(dear, payload)).status).toBe(500);
    await bed.crash();
    const agent = await registerTestAgent(bed);
    await testAgentCalls(agent.client).poll();
    const response = await bed.pay(dear, payload);
    const answer = await answerOf(response);
    expect([response.status, answer.code]).toEqual([422, 'JOB_UNSATISFIABLE']);
    expect(answer.context['credited']).toMatchObject({
      money: { amount: '0.0105', asset: 'USDC' },
      wallet: buyer.address,
    });
    const receipt = decodePaymentResponseHeader(response.headers.get('payment-response') ?? '');
    expect(receipt).toMatchObject({ success: true, payer: buyer.address });
    const client = await openAccountOf(buyer);
    expect((await client.call(createJob, { body: usdcJob() })).state).toBe('queued');
    await expectBooksToFit();
  });

  it('refused by the chain costs its payer nothing and us the fee, which is booked', async () => {
    await bed.crash(dyingAt('after-persist'));
    const buyer = bed.buyer(price);
    const payload = await bed.payload(buyer, usdcJob());
    expect((await bed.pay(usdcJob(), payload)).status).toBe(500);
    await moveEverythingAway(buyer);
    await bed.crash();
    const response = await bed.pay(usdcJob(), payload);
    expect(response.status).toBe(402);
    await expectBooksToFit();
    const again = await bed.pay(usdcJob(), payload);
    const header = decodePaymentRequiredHeader(again.headers.get('payment-required') ?? '');
    expect([again.status, header.error]).toEqual([402, 'transaction_failed']);
    expect((await bed.process.store.ledgerTotals()).liabilities.USDC).toBe(0n);
  });

  it('[P82] that never landed before its blockhash ended is charged to nobody', async () => {
    await bed.crash(dyingAt('after-persist'));
    const buyer = bed.buyer();
    const payload = await bed.payload(buyer, usdcJob());
    expect((await bed.pay(usdcJob(), payload)).status).toBe(500);
    bed.localnet.advanceSlots(320);
    await bed.crash();
    await bed.process.x402.step();
    const response = await bed.pay(usdcJob(), payload);
    const header = decodePaymentRequiredHeader(response.headers.get('payment-required') ?? '');
    expect([response.status, header.error]).toEqual([402, 'transaction_expired']);
    expect((await bed.pay(usdcJob(), await bed.payload(buyer, usdcJob()))).status).toBe(201);
    expect(await bed.usdcOf(buyer.address)).toBe(funds - price);
  });
});

/** The payer empties the account before the payment lands. */
async function moveEverythingAway(buyer: Wallet): Promise<void> {
  const { usdcMint } = bed.localnet;
  const elsewhere = newWallet();
  bed.localnet.airdrop(buyer.address, 1_000_000_000n);
  const mint = new PublicKey(usdcMint);
  const to = new PublicKey(usdcAccountOf(usdcMint, elsewhere.address));
  const owner = buyer.keypair.publicKey;
  const from = new PublicKey(usdcAccountOf(usdcMint, buyer.address));
  const { value } = (await bed.rpc('getLatestBlockhash', [])) as { value: { blockhash: string } };
  const transaction = new Transaction({ feePayer: owner, recentBlockhash: value.blockhash });
  transaction
    .add(
      createAssociatedTokenAccountIdempotentInstruction(
        owner,
        to,
        elsewhere.keypair.publicKey,
        mint,
      ),
      createTransferCheckedInstruction(from, mint, to, owner, price, 6),
    )
    .sign(buyer.keypair);
  const raw = transaction.serialize().toString('base64');
  await bed.rpc('sendTransaction', [raw, { encoding: 'base64' }]);
  expect(await bed.usdcOf(buyer.address)).toBe(0n);
}
