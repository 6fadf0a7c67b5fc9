import type { PayoutContext } from './payout-context.ts';
import { payoutEvent } from './payout-postings.ts';

/**
 * Compares the treasury's history on chain with the database. A transaction that our key signed and
 * the database doesn't know means that this database is not the newest one (a restored backup), or
 * that another process uses the key: paying from it could pay twice.
 * @returns why payouts must halt, or null.
 */
export async function reconcileTreasury(context: PayoutContext): Promise<string | null> {
  const { store, rail, clock } = context;
  const checkpoint = await store.payoutCheckpoint();
  const restoredAtMs = await store.restoredAtMs();
  if (restoredAtMs !== null) {
    const blind = await whyBlind(context, checkpoint?.signature ?? null);
    if (blind !== null) return blind;
  }
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
  if (history.complete && restoredAtMs !== null) {
    if (undecided > 0) return undecidedMessage;
    // What was sent just before the end of the lost database may land yet.
    if (clock.nowMs() < restoredAtMs + landMs) return landingMessage;
    await store.acceptRestored();
  }
  if (history.complete) return null;
  return reached === null ? tooMuchMessage : moreToCheckMessage;
}

/** Longer than a signed transaction is valid, and until what landed is final. */
const landMs = 240_000;

/** Why the history after this transaction can't be known to be whole; null when it can. */
async function whyBlind({ rail }: PayoutContext, signature: string | null): Promise<string | null> {
  if (signature === null) return restoredMessage;
  // An endpoint that keeps less gives a history that only looks whole.
  return (await rail.isSignedByTreasury(signature)) === null ? prunedMessage : null;
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

/**
 * Takes everything the treasury did until now as known. What a restored database still has to pay may
 * be among it: each of those is held, until the operator has looked and retries it.
 */
export async function acceptTreasuryHistory(context: PayoutContext): Promise<void> {
  const { store, rail, clock } = context;
  const { headFinal } = await rail.treasuryHistory(null);
  const isRestored = (await store.restoredAtMs()) !== null;
  if (isRestored) await holdEverythingDue(context);
  await store.savePayoutCheckpoint({ signature: headFinal, atMs: clock.nowMs() });
  if (isRestored) await store.acceptRestored();
}

const heldAtOnce = 500;

async function holdEverythingDue({ store, clock }: PayoutContext): Promise<void> {
  const holdReason = 'restored';
  for (let beforePayoutId: string | null = null; ; ) {
    const page = await store.listPayouts({ agentId: null, beforePayoutId, limit: heldAtOnce });
    const due = page.filter(({ state }) => state === 'due');
    await store.holdPayouts(
      due.map(({ payoutId }) => ({ payoutId, reason: holdReason })),
      due.map((payout) =>
        payoutEvent('payout.held', payout, clock.nowMs(), { signature: null, holdReason }),
      ),
    );
    const last = page.at(-1);
    if (last === undefined || page.length < heldAtOnce) return;
    beforePayoutId = last.payoutId;
  }
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

const acceptSentence =
  'Look at what the treasury has paid since, then accept its history as operator: what is due is held then, and goes one by one as you retry it.';

const restoredMessage = `This database was restored from a backup that knows no transaction of the treasury to compare from. ${acceptSentence}`;

const prunedMessage = `This database was restored from a backup, and no endpoint keeps the treasury's history since then. ${acceptSentence}`;

const landingMessage =
  'This database was restored from a backup. Payouts wait a few minutes for what may have been sent just before.';

const undecidedMessage =
  'This database was restored from a backup, and the network does not tell yet who signed some of the newest transactions of the treasury. Payouts wait for that, or until you accept its history as operator.';

const tooMuchMessage =
  'The treasury has more new transactions than can be checked. Look at its history, then accept it as operator.';
