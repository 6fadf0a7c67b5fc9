import { baseUnits } from '@node3/shared/money';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { ASSOCIATED_TOKEN_PROGRAM_ID } from '@solana/spl-token';
import { PublicKey, SystemProgram, TransactionInstruction } from '@solana/web3.js';
import bs58 from 'bs58';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  budgetInstructions,
  compileMessage,
  createUsdcAccount,
  memo,
  type Payment,
  payInstructions,
  voidInstructions,
} from '../solana/transaction-builder.ts';
import { keyOf, newWallet } from '../testing/payout-testbed.ts';
import { createTreasurySigner } from './signer.ts';
import type { SigningApproval } from './signing-policy.ts';

const usdcMint = '4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU';
const treasury = newWallet();
const wallet = newWallet().address;
const blockhash = newWallet().address;
const caps = { payout: baseUnits(1_000n), hour: baseUnits(1_500n), day: baseUnits(4_000n) };
const policy = {
  usdcMint,
  caps: { SOL: caps, USDC: caps },
  priorityFeeLamportsMax: 1_000n,
  stopped: () => null,
};
const signer = createTreasurySigner(keyOf(treasury), policy, new ManualClock());
const sol: Payment = { wallet, asset: 'SOL', amount: baseUnits(500n) };
const usdc: Payment = { wallet, asset: 'USDC', amount: baseUnits(600n) };
const plan = {
  treasury: treasury.address,
  usdcMint,
  receiptSeed: 'seed',
  receiptRent: 10n,
  payments: [sol, usdc],
  accountsToCreate: new Set([wallet]),
  memo: 'batch',
  budget: { unitsMax: 10_000, unitPrice: 1_000n },
};
const approval: SigningApproval = {
  payments: [sol, usdc],
  receipt: { seed: 'seed', lamports: 10n },
  receiptsReturned: [],
  tokenAccountsFor: [wallet],
};

function sign(instructions: TransactionInstruction[], approved: SigningApproval = approval) {
  return signer.sign(compileMessage(treasury.address, blockhash, instructions), approved);
}

describe('the treasury signer', () => {
  it('signs what was approved', async () => {
    expect(await sign(payInstructions(plan))).toHaveLength(64);
    expect(await sign(voidInstructions(plan), { ...approval, payments: [] })).toHaveLength(64);
  });

  const other = newWallet().address;
  const withoutReceipt = (instructions: TransactionInstruction[]) =>
    instructions.filter(({ data }) => !(data.length > 40 && data.readUInt32LE(0) === 3));
  const tombstoned = [
    ...voidInstructions(plan),
    ...withoutReceipt(payInstructions(plan)).slice(2, -1),
  ];
  const refusals: [string, TransactionInstruction[], Partial<SigningApproval>][] = [
    ['a payment nobody approved', payInstructions(plan), { payments: [sol] }],
    [
      'another amount',
      payInstructions({ ...plan, payments: [{ ...sol, amount: baseUnits(501n) }] }),
      {},
    ],
    ['another recipient', payInstructions({ ...plan, payments: [{ ...sol, wallet: other }] }), {}],
    ['a payment without its receipt', withoutReceipt(payInstructions(plan)), { receipt: null }],
    ['a payment without its receipt, though approved', withoutReceipt(payInstructions(plan)), {}],
    ['a payment behind a tombstone', tombstoned, {}],
    ['a receipt for fewer payments', payInstructions({ ...plan, payments: [sol] }), {}],
    ['a tombstone for a batch that may be paid', voidInstructions(plan), {}],
    ['a receipt without payments', payInstructions({ ...plan, payments: [] }), { payments: [] }],
    [
      'a payment to itself',
      payInstructions({ ...plan, payments: [{ ...sol, wallet: treasury.address }] }),
      { payments: [{ ...sol, wallet: treasury.address }] },
    ],
    ['the same payment twice', payInstructions({ ...plan, payments: [sol, sol] }), {}],
    ['another receipt', payInstructions({ ...plan, receiptSeed: 'seed2' }), {}],
    ['more rent than approved', payInstructions({ ...plan, receiptRent: 11n }), {}],
    ['less rent than approved', payInstructions({ ...plan, receiptRent: 9n }), {}],
    ['a token account nobody approved', payInstructions(plan), { tokenAccountsFor: [] }],
    [
      'a token account for somebody who is not paid, though approved',
      [createUsdcAccount(treasury.address, usdcMint, other)],
      { payments: [], tokenAccountsFor: [other] },
    ],
    ['a token account of another mint', [createUsdcAccount(treasury.address, other, wallet)], {}],
    [
      'an expensive priority',
      payInstructions({ ...plan, budget: { unitsMax: 1_400_000, unitPrice: 1_000_000n } }),
      {},
    ],
    [
      'a payment above the cap, though approved',
      payInstructions({ ...plan, payments: [{ ...sol, amount: baseUnits(1_001n) }] }),
      { payments: [{ ...sol, amount: baseUnits(1_001n) }] },
    ],
    ['a long memo', [memo('x'.repeat(257))], {}],
    [
      'another program',
      [
        ...budgetInstructions(plan.budget),
        new TransactionInstruction({
          programId: new PublicKey(other),
          keys: [],
          data: Buffer.of(1),
        }),
      ],
      {},
    ],
    [
      'handing the treasury to a program',
      [
        SystemProgram.assign({
          accountPubkey: treasury.keypair.publicKey,
          programId: new PublicKey(other),
        }),
      ],
      {},
    ],
  ];
  it.each(refusals)('[P100] refuses %s', async (_name, instructions, change) => {
    await expect(sign(instructions, { ...approval, ...change })).rejects.toThrow('Signing refused');
  });

  it('refuses to pay the fee of somebody else', async () => {
    const message = compileMessage(other, blockhash, [memo('x')]);
    await expect(signer.sign(message, approval)).rejects.toThrow('must sign alone');
  });

  it('[P100] refuses every change of what was approved', async () => {
    const honest = payInstructions(plan);
    const change = fc.record({
      at: fc.nat(),
      what: fc.constantFrom('program', 'account', 'byte', 'cut', 'longer', 'remove', 'repeat'),
      where: fc.nat(),
      bit: fc.integer({ min: 0, max: 7 }),
    });
    await fc.assert(
      fc.asyncProperty(change, async (mutation) => {
        const changed = mutate(honest, mutation);
        await expect(sign(changed)).rejects.toThrow('Signing refused');
      }),
      { numRuns: 300 },
    );
    expect(await sign(honest)).toHaveLength(64);
  });

  it('[P100] refuses every changed byte of the message but the memo, the price and the blockhash', async () => {
    const message = compileMessage(treasury.address, blockhash, payInstructions(plan));
    const free = freeBytes(message);
    const signed: number[] = [];
    for (let at = 0; at < message.length; at += 1) {
      if (free.has(at)) continue;
      const changed = Uint8Array.from(message);
      changed[at] = (message[at] ?? 0) ^ 1;
      await signer.sign(changed, approval).then(
        () => signed.push(at),
        (error: unknown) => expect(String(error)).toContain('Signing refused'),
      );
    }
    expect(signed).toEqual([]);
    const longer = Buffer.concat([message, Uint8Array.of(0)]);
    await expect(signer.sign(longer, approval)).rejects.toThrow('is damaged');
  });

  it('[P60] signs nothing while the kill switch says so, not even a tombstone', async () => {
    let stopped: string | null = null;
    const guarded = createTreasurySigner(
      keyOf(treasury),
      { ...policy, stopped: () => stopped },
      new ManualClock(),
    );
    const pay = compileMessage(treasury.address, blockhash, payInstructions(plan));
    const end = compileMessage(treasury.address, blockhash, voidInstructions(plan));
    expect(await guarded.sign(pay, approval)).toHaveLength(64);
    stopped = 'Payouts are stopped: audit.';
    await expect(guarded.sign(pay, approval)).rejects.toThrow('Payouts are stopped: audit.');
    const ending = { ...approval, payments: [] };
    await expect(guarded.sign(end, ending)).rejects.toThrow('Payouts are stopped: audit.');
    stopped = null;
    expect(await guarded.sign(end, ending)).toHaveLength(64);
  });
});

interface Mutation {
  at: number;
  what: string;
  where: number;
  bit: number;
}

/** Changes one of the instructions that matter: receipt, SOL, token account, USDC. */
function mutate(honest: readonly TransactionInstruction[], mutation: Mutation) {
  const chosen = 2 + (mutation.at % (honest.length - 3));
  const instructions = [...honest];
  const old = honest[chosen];
  if (old === undefined) throw new Error('no such instruction');
  if (mutation.what === 'repeat') return [...honest, old];
  // The account that is to be created may exist already; everything else belongs together.
  if (mutation.what === 'remove' && !old.programId.equals(ASSOCIATED_TOKEN_PROGRAM_ID)) {
    return instructions.toSpliced(chosen, 1);
  }
  if (mutation.what === 'remove') return [...honest, old];
  instructions[chosen] = changed(old, mutation);
  return instructions;
}

function changed(old: TransactionInstruction, { what, where, bit }: Mutation) {
  const keys = old.keys.map((key) => ({ ...key }));
  let data = Buffer.from(old.data);
  let { programId } = old;
  const stranger = newWallet().keypair.publicKey;
  if (what === 'program') programId = stranger;
  if (what === 'account') {
    const at = where % keys.length;
    keys[at] = { pubkey: stranger, isSigner: false, isWritable: true };
  }
  if (what === 'byte') data[where % data.length] = (data[where % data.length] ?? 0) ^ (1 << bit);
  if (what === 'cut') data = data.subarray(0, where % data.length);
  if (what === 'longer') data = Buffer.concat([data, Uint8Array.of(where % 256)]);
  return new TransactionInstruction({ programId, keys, data });
}

/** Where a change is nobody's loss: read-only accounts, blockhash, the text of the memo, a budget within its cap. */
function freeBytes(message: Uint8Array): Set<number> {
  const bytes = Buffer.from(message);
  // How many accounts are read-only: the runtime refuses what doesn't fit the programs.
  const free = new Set<number>([2]);
  const add = (start: number, length: number) => {
    for (let at = start; at < start + length; at += 1) free.add(at);
  };
  add(bytes.indexOf(Buffer.from(bs58.decode(blockhash))), 32);
  add(bytes.indexOf('batch'), 'batch'.length);
  for (const { data } of budgetInstructions(plan.budget)) {
    add(bytes.indexOf(data) + 1, data.length - 1);
    // One bit away from the budget program is the memo program, which makes a text of the price.
    if (data[0] === 3) add(bytes.indexOf(data) - 3, 1);
  }
  return free;
}
