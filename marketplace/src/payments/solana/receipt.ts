import { createHash } from 'node:crypto';
import { decodeAddress } from '@node3/shared/wallet-key';
import { SystemProgram } from '@solana/web3.js';
import bs58 from 'bs58';
import type { ReceiptState } from '../payment-rail.ts';
import type { ChainAccount } from './chain-reads.ts';

/** Data sizes by which the two kinds of receipt differ; only an empty account can be emptied later. */
export const receiptBytes = { pay: 0, void: 1 } as const;

/** Longest seed that the System program takes. */
const seedLengthMax = 32;

/** The account that a batch's first instruction creates: sha256(treasury, seed, System program). */
export function receiptAddress(treasury: string, seed: string): string {
  if (seed.length === 0 || seed.length > seedLengthMax) throw new Error('a seed has 1 to 32 bytes');
  const hash = createHash('sha256')
    .update(decodeAddress(treasury))
    .update(seed, 'utf8')
    .update(SystemProgram.programId.toBytes())
    .digest();
  return bs58.encode(hash);
}

/**
 * Reads the fence. The account must have been read at `finalized`. An outsider who saw the address
 * can put lamports on it, which looks like `paid`: so the engine posts a payment only when one of
 * our own transactions is final too, and such a batch waits for the operator.
 */
export function receiptStateOf(account: ChainAccount | null): ReceiptState {
  if (account === null) return 'open';
  return account.data.length === receiptBytes.void ? 'void' : 'paid';
}
