import type { TreasuryHistory } from '../payment-rail.ts';
import { readHistory } from './chain-reads.ts';
import { readTransaction } from './chain-transaction.ts';
import type { RpcPool } from './rpc.ts';

/** Pages of 1000: far more than happens between two checks, few enough to end. */
const pagesMax = 20;

/** Every transaction that names the treasury, newest first, down to a known one. */
export async function readTreasuryHistory(
  rpc: RpcPool,
  treasury: string,
  afterSignature: string | null,
): Promise<TreasuryHistory> {
  const signatures: string[] = [];
  let newestFinal: string | null = null;
  let before: string | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    const entries = await readHistory(rpc, treasury, { before, until: afterSignature });
    signatures.push(...entries.map((entry) => entry.signature));
    newestFinal ??=
      entries.find((entry) => entry.confirmationStatus === 'finalized')?.signature ?? null;
    const last = entries.at(-1);
    if (last === undefined || entries.length < 1000) {
      return { signatures, newestFinal, complete: true };
    }
    before = last.signature;
  }
  return { signatures, newestFinal, complete: false };
}

export async function readSignedByTreasury(
  rpc: RpcPool,
  treasury: string,
  signature: string,
): Promise<boolean | null> {
  const found = await readTransaction(rpc, signature, 'confirmed');
  return found === null ? null : found.signers.includes(treasury);
}
