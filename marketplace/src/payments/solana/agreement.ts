import type { Observation, ReceiptState } from '../payment-rail.ts';
import type { ChainAccount, SignatureStatus } from './chain-reads.ts';
import type { ChainTransaction } from './chain-transaction.ts';
import { receiptStateOf } from './receipt.ts';

/**
 * What several endpoints say, as one. One that doesn't know something yet only lags; one that says
 * something else than the others is not believed.
 */

/** A receipt exists when enough endpoints show the same one; until then it counts as open. */
export function agreeOnReceipts(
  addresses: readonly string[],
  answers: readonly (ChainAccount | null)[][],
  quorum: number,
): Map<string, ReceiptState> {
  const states = addresses.map((address, i): [string, ReceiptState] => {
    const seen = answers.map((accounts) => receiptStateOf(accounts[i] ?? null));
    const votes = (state: ReceiptState) => seen.filter((other) => other === state).length;
    const [paid, voided] = [votes('paid'), votes('void')];
    if (paid >= quorum && voided === 0) return [address, 'paid'];
    if (voided >= quorum && paid === 0) return [address, 'void'];
    return [address, 'open'];
  });
  return new Map(states);
}

const rank = { processed: 0, confirmed: 1, finalized: 2 } as const;

/** The furthest that any endpoint saw: a hint, so the best informed one is right. */
export function furthestProgress(
  signatures: readonly string[],
  answers: readonly (SignatureStatus | null)[][],
): Observation['progress'] {
  const progress: Observation['progress'] = new Map();
  for (const statuses of answers) {
    for (const [i, signature] of signatures.entries()) {
      const status = statuses[i] ?? null;
      const known = progress.get(signature);
      if (status === null) continue;
      if (known === undefined || rank[status.commitment] > rank[known.commitment]) {
        progress.set(signature, status);
      }
    }
  }
  return progress;
}

/** The transaction when enough endpoints tell the same of it and none tells something else. */
export function agreeOnTransaction(
  answers: readonly (ChainTransaction | null)[],
  quorum: number,
): ChainTransaction | null {
  const known = answers.filter((answer) => answer !== null);
  const [first] = known;
  if (first === undefined || known.length < quorum) return null;
  const told = effectsOf(first);
  return known.every((other) => effectsOf(other) === told) ? first : null;
}

function effectsOf({ err, feeLamports, lamports }: ChainTransaction): string {
  const moved = [...lamports].map(([key, { before, after }]) => `${key} ${before} ${after}`);
  return JSON.stringify([err, String(feeLamports), moved]);
}
