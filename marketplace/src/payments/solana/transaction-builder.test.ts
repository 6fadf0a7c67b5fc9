import { assert, boolean, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newWallet } from '../testing/payout-testbed.ts';
import {
  compileMessage,
  encodeTransaction,
  type Payment,
  payInstructions,
  transactionBytes,
} from './transaction-builder.ts';

const treasury = newWallet().address;
const usdcMint = '4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU';
const blockhash = newWallet().address;
const wallets = Array.from({ length: 12 }, () => newWallet().address);

describe('transactionBytes', () => {
  it('[P51] counts exactly what the serialized transaction has', () => {
    assert(
      property(integer({ min: 1, max: 12 }), boolean(), boolean(), (count, isSol, create) => {
        const payments = wallets
          .slice(0, count)
          .map(
            (wallet): Payment => ({ wallet, asset: isSol ? 'SOL' : 'USDC', amount: 5n as never }),
          );
        const instructions = payInstructions({
          treasury,
          usdcMint,
          receiptSeed: 'x'.repeat(20),
          receiptRent: 1n,
          payments,
          accountsToCreate: new Set(create ? wallets.slice(0, Math.min(count, 6)) : []),
          memo: `memo of ${count}`,
          budget: { unitsMax: 1, unitPrice: 1n },
        });
        const counted = transactionBytes(treasury, instructions);
        // web3.js refuses to write more than a packet; those are too long by any count.
        if (counted > 1232) return;
        const message = compileMessage(treasury, blockhash, instructions);
        expect(counted).toBe(encodeTransaction(new Uint8Array(64), message).length);
      }),
      { numRuns: 60 },
    );
  });
});
