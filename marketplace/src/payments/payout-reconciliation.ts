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
  const isRestored = (await store.restoredAtMs()) !== null;
  if (checkpoint === null && isRestored) return restoredMessage;
  if (checkpoint === null) {
    // A database that never paid anybody: whatever the key did before is none of its business.
    await acceptTreasuryHistory(context);
    return null;
  }
  const history = await rail.treasuryHistory(checkpoint.signature);
  const known = await store.ownSignatures(history.signatures);
  const strange = history.signatures.filter((signature) => !known.has(signature));
  const { ours, undecided } = await whoseAre(context, strange);
  if (ours.length > 0) return haltMessage(ours);
  const reached = undecided === 0 ? history.newestFinal : null;
  if (reached !== null) {
    await store.savePayoutCheckpoint({ signature: reached, atMs: clock.nowMs() });
  }
  if (history.complete && isRestored) {
    if (undecided > 0) return undecidedMessage;
    await store.acceptRestored();
  }
  if (history.complete) return null;
  return reached === null ? tooMuchMessage : moreToCheckMessage;
}

/** Looked up at the same time: outsiders can make them many. */
const lookedUpAtOnce = 16;

async function whoseAre(
  { rail }: PayoutContext,
  signatures: readonly string[],
): Promise<{ ours: string[]; undecided: number }> {
  const ours: string[] = [];
  let undecided = 0;
  for (let start = 0; start < signatures.length; start += lookedUpAtOnce) {
    const some = signatures.slice(start, start + lookedUpAtOnce);
    const signed = await Promise.all(some.map((signature) => rail.isSignedByTreasury(signature)));
    ours.push(...some.filter((_, index) => signed[index] === true));
    undecided += signed.filter((answer) => answer === null).length;
  }
  return { ours, undecided };
}

/** Takes everything the treasury did until now as known. */
export async function acceptTreasuryHistory({ store, rail, clock }: PayoutContext): Promise<void> {
  const { headFinal } = await rail.treasuryHistory(null);
  await store.savePayoutCheckpoint({ signature: headFinal, atMs: clock.nowMs() });
  if ((await store.restoredAtMs()) !== null) await store.acceptRestored();
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

/** Not an end: the next step goes on from the checkpoint. */
export const moreToCheckMessage =
  'The treasury has many new transactions; its history is being checked, and payouts wait for that.';

/** Older than the first payout: there is nothing to compare from, and it would pay all of them again. */
const restoredMessage =
  'This database was restored from a backup that was made before any payout. Look at what the treasury has paid since, then accept its history as operator.';

const undecidedMessage =
  'This database was restored from a backup, and the network does not tell yet who signed some of the newest transactions of the treasury. Payouts wait for that, or until you accept its history as operator.';

const tooMuchMessage =
  'The treasury has more new transactions than can be checked. Look at its history, then accept it as operator.';
