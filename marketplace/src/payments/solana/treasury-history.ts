import { isMarketError } from '@node3/shared/error';
import type { TreasuryHistory } from '../payment-rail.ts';
import { readHistory } from './chain-reads.ts';
import { readTransactionEach } from './chain-transaction.ts';
import type { RpcCaller, RpcPool } from './rpc.ts';
import { RpcError, RpcUnreachable } from './rpc-endpoint.ts';

/** Pages of 1000: far more than happens between two checks, few enough to end. */
const pagesMax = 20;

/**
 * Every transaction that names the treasury, newest first, down to a known one. With several
 * endpoints it is all that any of them knows: what one hides, another shows.
 */
export async function readTreasuryHistory(
  rpc: RpcPool,
  treasury: string,
  afterSignature: string | null,
): Promise<TreasuryHistory> {
  if (rpc.urls.length === 1) return readPages(rpc, treasury, afterSignature);
  const outcomes = await Promise.allSettled(
    rpc.urls.map((url) => readPages(endpointOf(rpc, url), treasury, afterSignature)),
  );
  const histories = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' ? [outcome.value] : [],
  );
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected' && !isChainFailure(outcome.reason)) throw outcome.reason;
  }
  // None answered: the pool's own way of asking says so.
  if (histories.length === 0) return readPages(rpc, treasury, afterSignature);
  return unionOf(histories);
}

function isChainFailure(error: unknown): boolean {
  return (
    error instanceof RpcError ||
    error instanceof RpcUnreachable ||
    isMarketError(error, 'CHAIN_UNAVAILABLE')
  );
}

function endpointOf(rpc: RpcPool, url: string): RpcCaller {
  return {
    async call(method, params) {
      const { result } = await rpc.callAt(url, method, params);
      return result;
    },
  };
}

/** The checkpoint may only move to what every endpoint has that has anything. */
function unionOf(histories: readonly TreasuryHistory[]): TreasuryHistory {
  const filled = histories.filter(({ signatures }) => signatures.length > 0);
  const isKnownToAll = (signature: string) =>
    filled.every(({ signatures }) => signatures.includes(signature));
  const newestFinal = filled
    .map((history) => history.newestFinal)
    .find((signature) => signature !== null && isKnownToAll(signature));
  return {
    signatures: [...new Set(filled.flatMap(({ signatures }) => signatures))],
    newestFinal: newestFinal ?? null,
    complete: histories.every(({ complete }) => complete),
  };
}

async function readPages(
  rpc: RpcCaller,
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

/** Whether the treasury signed it, by any endpoint that knows it. */
export async function readSignedByTreasury(
  rpc: RpcPool,
  treasury: string,
  signature: string,
): Promise<boolean | null> {
  const answers = await readTransactionEach(rpc, signature, 'confirmed');
  const found = answers.find((answer) => answer !== null);
  return found === undefined ? null : found.signers.includes(treasury);
}
