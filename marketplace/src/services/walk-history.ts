import { MarketError } from '@node3/shared/error';
import {
  type DepositSource,
  type HistoryEntry,
  historyPageSize,
} from '../payments/deposit-source.ts';
import type { DepositCursor } from '../store/deposit-store.ts';

type Source = Pick<DepositSource, 'history' | 'read'>;

/** A hundred million transactions. Older ones than these are walked to first, newer ones later. */
const anchorsMax = 100_000;

/**
 * The history of an address since a cursor, oldest first, page by page; within a page oldest first.
 * Nodes tell it newest first, so that the way back is walked once, keeping only where each page
 * ends, and then forth again: memory does not grow with the time we were away.
 * Throws CHAIN_UNAVAILABLE when the node's answers don't fit together: nothing is ever left out.
 */
export async function* walkHistory(
  source: Source,
  address: string,
  cursor: DepositCursor,
): AsyncGenerator<HistoryEntry[]> {
  const until = cursor.signature;
  const page = async (before: string | null) =>
    sinceCursor(await source.history(address, { before, until }), cursor);
  const newest = await page(null);
  if (newest.length < historyPageSize) {
    if (newest.length > 0) yield newest.toReversed();
    return;
  }
  const anchors = [endOf(newest)];
  for (;;) {
    const before = anchors.at(-1) ?? null;
    const older = await page(before);
    if (older.length > 0) anchors.push(endOf(older));
    if (anchors.length > anchorsMax) anchors.shift();
    if (older.length === historyPageSize) continue;
    await assertReached(
      source,
      address,
      cursor,
      older.length > 0 ? 'by-page' : 'unproven',
      anchors,
    );
    break;
  }
  for (let index = anchors.length - 1; index > 0; index -= 1) {
    const again = await page(anchors[index - 1] ?? null);
    if (again.length === 0 || endOf(again) !== anchors[index]) throw inconsistent(address);
    yield again.toReversed();
  }
  if (anchors[0] === endOf(newest)) yield newest.toReversed();
}

/** A node that has not seen the cursor's transaction yet goes on beyond it. */
function sinceCursor(entries: HistoryEntry[], { slot }: DepositCursor): HistoryEntry[] {
  return slot === null ? entries : entries.filter((entry) => entry.slot >= slot);
}

function endOf(page: readonly HistoryEntry[]): string {
  return page.at(-1)?.signature ?? '';
}

/**
 * A node that does not know where to go on from answers with nothing, as if there were nothing
 * older. So the last transaction found must be followed by the cursor's own.
 */
async function assertReached(
  source: Source,
  address: string,
  cursor: DepositCursor,
  proof: 'by-page' | 'unproven',
  anchors: readonly string[],
): Promise<void> {
  const last = anchors.at(-1) ?? '';
  if (cursor.signature === null) {
    // Nothing came before the first one; that the node knows it is all there is to prove.
    if (proof === 'by-page' || (await source.read(last)) !== null) return;
    throw inconsistent(address);
  }
  const [next] = await source.history(address, { before: last, until: null, limit: 1 });
  const reached =
    next !== undefined &&
    (next.signature === cursor.signature || (cursor.slot !== null && next.slot <= cursor.slot));
  if (!reached) throw inconsistent(address);
}

function inconsistent(address: string): MarketError {
  const detail = `The history of ${address} could not be read without gaps; it is read again.`;
  return new MarketError('CHAIN_UNAVAILABLE', { detail });
}
