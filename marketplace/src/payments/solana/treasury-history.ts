import { isMarketError } from '@node3/shared/error';
import type { TreasuryHistory } from '../payment-rail.ts';
import { readHistory } from './chain-reads.ts';
import { readTransactionEach } from './chain-transaction.ts';
import type { RpcCaller, RpcPool } from './rpc.ts';
import { RpcError, RpcUnreachable } from './rpc-endpoint.ts';

/** Pages of 1000 that are kept: the oldest, with which to go on. Newer ones are read again later. */
const pagesKept = 20;
/**
 * Pages that are walked through to get there. Anybody can name the treasury in a transaction: so many
 * of them cost 5 SOL in fees (2026-11), and then the operator has to look.
 */
const pagesMax = 1_000;

interface PagedHistory extends TreasuryHistory {
  newestPage: string[];
}

/**
 * Transactions that name the treasury, newest first, down to a known one; of very many the oldest.
 * With several endpoints it is all that any of them knows: what one hides, another shows.
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
function unionOf(histories: readonly PagedHistory[]): TreasuryHistory {
  const filled = histories.filter(({ newestPage }) => newestPage.length > 0);
  const newestFinal = filled
    .map((history) => history.newestFinal)
    .find((final) => final !== null && filled.every((other) => other.signatures.includes(final)));
  const headFinal = filled
    .map((history) => history.headFinal)
    .find((final) => final !== null && filled.every((other) => other.newestPage.includes(final)));
  return {
    signatures: [...new Set(filled.flatMap(({ signatures }) => signatures))],
    newestFinal: newestFinal ?? null,
    complete: histories.every(({ complete }) => complete),
    headFinal: headFinal ?? null,
  };
}

async function readPages(
  rpc: RpcCaller,
  treasury: string,
  afterSignature: string | null,
): Promise<PagedHistory> {
  let newest: HistoryPage = [];
  const kept: HistoryPage[] = [];
  let before: string | null = null;
  let pages = 0;
  for (; pages < pagesMax; pages += 1) {
    const entries: HistoryPage = await readHistory(rpc, treasury, {
      before,
      until: afterSignature,
    });
    if (pages === 0) newest = entries;
    kept.push(entries);
    if (kept.length > pagesKept) kept.shift();
    const last = entries.at(-1);
    if (last === undefined || entries.length < 1000) {
      return historyOf(newest, kept.flat(), pages < pagesKept);
    }
    before = last.signature;
  }
  // Where the known one is was not found: there is nothing to go on with.
  return historyOf(newest, [], false);
}

type HistoryPage = Awaited<ReturnType<typeof readHistory>>;

function historyOf(newest: HistoryPage, kept: HistoryPage, complete: boolean): PagedHistory {
  return {
    signatures: signaturesOf(kept),
    newestFinal: finalOf(kept),
    complete,
    headFinal: finalOf(newest),
    newestPage: signaturesOf(newest),
  };
}

function signaturesOf(entries: HistoryPage): string[] {
  return entries.map(({ signature }) => signature);
}

function finalOf(entries: HistoryPage): string | null {
  return (
    entries.find(({ confirmationStatus }) => confirmationStatus === 'finalized')?.signature ?? null
  );
}

/** A transaction of a version that is newer than those we ask for. */
const unsupportedVersion = -32015;

/** Whether the treasury signed it, by any endpoint that knows it. */
export async function readSignedByTreasury(
  rpc: RpcPool,
  treasury: string,
  signature: string,
): Promise<boolean | null> {
  try {
    const answers = await readTransactionEach(rpc, signature, 'confirmed');
    const found = answers.find((answer) => answer !== null);
    return found === undefined ? null : found.signers.includes(treasury);
  } catch (error) {
    // Our own code can't make such a transaction either, so an outsider's it is.
    if (isOfNewerVersion(error)) return false;
    throw error;
  }
}

function isOfNewerVersion(error: unknown): boolean {
  const refusal = isMarketError(error, 'CHAIN_UNAVAILABLE') ? error.cause : error;
  return refusal instanceof RpcError && refusal.code === unsupportedVersion;
}
