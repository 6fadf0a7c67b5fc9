import type { Logger } from '@node3/shared/logger';
import type { HistoryEntry } from '../payments/deposit-source.ts';
import type { DepositCursor } from '../store/deposit-store.ts';
import { isBookedElsewhere } from './attribute-deposit.ts';
import { bookDeposit, type ObserveDepositDeps } from './observe-deposit.ts';
import { walkHistory } from './walk-history.ts';

/** Places where a crash must not matter. */
export type ScanPoint = 'after-history' | 'after-read' | 'after-record' | 'after-cursor';

export interface ScanDeps extends ObserveDepositDeps {
  log: Logger;
  /** Does nothing in production; tests throw in it. */
  fp?: (point: ScanPoint) => void;
}

/** Read at the same time: quick on our own node, and no burst that a public one refuses. */
const readsAtOnce = 8;
/** Transactions set aside that are tried again per scan. */
const setAsideTried = 64;

/**
 * Reads what has become final since the last time, oldest first, and books the deposits in it.
 * Whatever interrupts it, the next scan goes on from the cursor, and what is booked twice is booked
 * once. @returns how many transactions were looked at.
 */
export async function scanDeposits(deps: ScanDeps): Promise<number> {
  let looked = 0;
  for (const address of deps.deposits.addresses) looked += await scanAddress(deps, address);
  return looked + (await retrySetAside(deps));
}

const beginning: DepositCursor = { signature: null, slot: null, startSlot: null };

async function scanAddress(deps: ScanDeps, address: string): Promise<number> {
  let cursor = (await deps.store.depositCursor(address)) ?? beginning;
  let looked = 0;
  for await (const page of walkHistory(deps.deposits, address, cursor)) {
    deps.fp?.('after-history');
    for (let start = 0; start < page.length; start += readsAtOnce) {
      const entries = page.slice(start, start + readsAtOnce);
      await bookEntries(deps, entries);
      looked += entries.length;
      const last = entries.at(-1);
      if (last === undefined) continue;
      cursor = { ...cursor, signature: last.signature, slot: last.slot };
      await deps.store.saveDepositCursor(address, cursor);
      deps.fp?.('after-cursor');
    }
  }
  return looked;
}

/** Deposits of these transactions, in their order. One that can't be read is set aside. */
async function bookEntries(deps: ScanDeps, entries: readonly HistoryEntry[]): Promise<void> {
  const { store, clock, log } = deps;
  const known = await store.signaturePurposes(entries.map(({ signature }) => signature));
  const wanted = entries.filter(
    ({ signature, failed }) => !failed && !isBookedElsewhere(known.get(signature)),
  );
  const reads = await Promise.all(wanted.map(({ signature }) => deps.deposits.read(signature)));
  deps.fp?.('after-read');
  for (const seen of reads) {
    if (seen === null) continue;
    const rows = await bookDeposit(deps, seen);
    if (rows.length > 0) log.info({ signature: seen.signature, rows: rows.length }, 'deposit seen');
    deps.fp?.('after-record');
  }
  // One that the node refuses to show must not keep all later ones waiting.
  const signatures = wanted
    .map(({ signature }) => signature)
    .filter((_, index) => reads[index] === null);
  if (signatures.length === 0) return;
  log.warn({ signatures }, 'transactions to the treasury can not be read; set aside');
  await store.setAsideDeposits(signatures, clock.nowMs());
}

async function retrySetAside(deps: ScanDeps): Promise<number> {
  const { store, clock } = deps;
  const signatures = await store.depositsSetAside(clock.nowMs(), setAsideTried);
  for (const signature of signatures) {
    const seen = await deps.deposits.read(signature);
    if (seen === null) {
      await store.setAsideDeposits([signature], clock.nowMs());
      continue;
    }
    await bookDeposit(deps, seen);
    await store.forgetSetAside(signature);
  }
  return signatures.length;
}
