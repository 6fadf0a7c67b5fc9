import type { PayoutContext } from './payout-context.ts';

/**
 * Compares the treasury's history on chain with the database. A transaction that our key signed and
 * the database doesn't know means that this database is not the newest one (a restored backup), or
 * that another process uses the key: paying from it could pay twice.
 * @returns why payouts must halt, or null.
 */
export async function reconcileTreasury(context: PayoutContext): Promise<string | null> {
  const { store, rail, clock } = context;
  const checkpoint = await store.payoutCheckpoint();
  if (checkpoint === null) {
    // A database that never paid anybody: whatever the key did before is none of its business.
    await acceptTreasuryHistory(context);
    return null;
  }
  const history = await rail.treasuryHistory(checkpoint.signature);
  const known = await store.ownSignatures(history.signatures);
  const unknown: string[] = [];
  let undecided = 0;
  for (const signature of history.signatures) {
    if (known.has(signature)) continue;
    const ours = await rail.isSignedByTreasury(signature);
    if (ours === null) undecided += 1;
    else if (ours) unknown.push(signature);
  }
  if (unknown.length > 0) return haltMessage(unknown);
  if (!history.complete) return tooMuchMessage;
  if (history.newestFinal !== null && undecided === 0) {
    await store.savePayoutCheckpoint({ signature: history.newestFinal, atMs: clock.nowMs() });
  }
  return null;
}

/** Takes everything the treasury did until now as known. */
export async function acceptTreasuryHistory({ store, rail, clock }: PayoutContext): Promise<void> {
  const { newestFinal } = await rail.treasuryHistory(null);
  await store.savePayoutCheckpoint({ signature: newestFinal, atMs: clock.nowMs() });
}

function haltMessage(unknown: readonly string[]): string {
  const [newest = ''] = unknown;
  const count = unknown.length === 1 ? 'a transaction' : `${unknown.length} transactions`;
  return (
    `The treasury key signed ${count} that this database does not know (newest: ${newest}). ` +
    'Restore the newest database, or stop the other process that uses this wallet. ' +
    'If these transactions were made by hand and paid no payout of this marketplace, ' +
    'accept the history as operator.'
  );
}

const tooMuchMessage =
  'The treasury has more new transactions than can be checked. Look at its history, then accept it as operator.';
