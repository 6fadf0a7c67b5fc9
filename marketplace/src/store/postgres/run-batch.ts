import type { EventRow } from '../rows.ts';
import { DatabaseAway } from './database-errors.ts';
import type { Outcome, QueuedWrite } from './postgres-writer.ts';
import type { WriteTransaction } from './write-transaction.ts';

/** A transaction takes no further write after this long: other processes wait for the lock. */
const batchMsMax = 250;

/**
 * Runs writes one after the other in a transaction that is then to be committed. `together`: without
 * savepoints, so a write that throws after it has changed something is thrown here, and nothing of
 * the batch may be committed. `apart`: one that throws is undone alone. One that throws before it has
 * changed anything is refused in both, at no cost.
 */
export async function runBatch(
  transaction: WriteTransaction,
  batch: readonly QueuedWrite[],
  mode: 'together' | 'apart',
): Promise<Outcome> {
  const outcome: Outcome = { events: [], settle: [], rest: [] };
  const until = performance.now() + batchMsMax;
  const run = mode === 'together' ? runTogether : runApart;
  for (const [index, write] of batch.entries()) {
    if (index > 0 && performance.now() > until) {
      outcome.rest = batch.slice(index);
      break;
    }
    const events: EventRow[] = [];
    transaction.tx.origin = write.origin;
    transaction.tx.onAnnounce = (stored) => events.push(...stored);
    const settle = await run(transaction, write);
    outcome.settle.push(settle.tell);
    if (settle.isDone) outcome.events.push(...events);
  }
  transaction.tx.onAnnounce = null;
  transaction.tx.origin = null;
  if (mode === 'together') await transaction.finish(transaction.tx.pending.settle(transaction.tx));
  return outcome;
}

interface Ran {
  tell: () => void;
  isDone: boolean;
}

async function runTogether(transaction: WriteTransaction, write: QueuedWrite): Promise<Ran> {
  transaction.takeHasWritten();
  try {
    const value = await transaction.finish(write.work(transaction.tx));
    return { isDone: true, tell: () => write.resolve(value) };
  } catch (error) {
    if (transaction.isAborted || transaction.takeHasWritten()) throw error;
    return { isDone: false, tell: () => write.reject(error) };
  }
}

async function runApart(transaction: WriteTransaction, write: QueuedWrite): Promise<Ran> {
  const { tx } = transaction;
  const newest = new Map(tx.newest);
  tx.pending.forget();
  transaction.save();
  try {
    const value = await transaction.finish(write.work(tx));
    await transaction.finish(tx.pending.settle(tx));
    await transaction.release();
    return { isDone: true, tell: () => write.resolve(value) };
  } catch (error) {
    if (error instanceof DatabaseAway) throw error;
    await transaction.undo();
    restore(tx.newest, newest);
    return { isDone: false, tell: () => write.reject(error) };
  }
}

function restore(numbers: Map<string, number>, to: ReadonlyMap<string, number>): void {
  numbers.clear();
  for (const [table, newest] of to) numbers.set(table, newest);
}
