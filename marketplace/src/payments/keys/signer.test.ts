import { baseUnits } from '@node3/shared/money';
import { PublicKey, SystemProgram, TransactionInstruction } from '@solana/web3.js';
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
import { createTreasurySigner, type SigningApproval } from './signer.ts';

const usdcMint = '4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU';
const treasury = newWallet();
const wallet = newWallet().address;
const blockhash = newWallet().address;
const signer = createTreasurySigner(keyOf(treasury), {
  usdcMint,
  payoutMax: { SOL: baseUnits(1_000n), USDC: baseUnits(1_000n) },
  priorityFeeLamportsMax: 1_000n,
});
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
  receipt: { seed: 'seed', lamportsMax: 10n },
  receiptsReturned: [],
  tokenAccountsFor: [wallet],
};

function sign(instructions: TransactionInstruction[], approved: SigningApproval = approval) {
  return signer.sign(compileMessage(treasury.address, blockhash, instructions), approved);
}

describe('the treasury signer', () => {
  it('signs what was approved', async () => {
    expect(await sign(payInstructions(plan))).toHaveLength(64);
    expect(await sign(voidInstructions(plan))).toHaveLength(64);
  });

  const other = newWallet().address;
  const refusals: [string, TransactionInstruction[], Partial<SigningApproval>][] = [
    ['a payment nobody approved', payInstructions(plan), { payments: [sol] }],
    [
      'another amount',
      payInstructions({ ...plan, payments: [{ ...sol, amount: baseUnits(501n) }] }),
      {},
    ],
    ['another recipient', payInstructions({ ...plan, payments: [{ ...sol, wallet: other }] }), {}],
    ['the same payment twice', payInstructions({ ...plan, payments: [sol, sol] }), {}],
    ['another receipt', payInstructions({ ...plan, receiptSeed: 'seed2' }), {}],
    ['more rent than approved', payInstructions({ ...plan, receiptRent: 11n }), {}],
    ['a token account nobody approved', payInstructions(plan), { tokenAccountsFor: [] }],
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
  it.each(refusals)('refuses %s', async (_name, instructions, change) => {
    await expect(sign(instructions, { ...approval, ...change })).rejects.toThrow('Signing refused');
  });

  it('refuses to pay the fee of somebody else', async () => {
    const message = compileMessage(other, blockhash, [memo('x')]);
    await expect(signer.sign(message, approval)).rejects.toThrow('must sign alone');
  });
});
