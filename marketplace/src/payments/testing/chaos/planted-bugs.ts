import type { Clock } from '@node3/shared/clock';
import type { Ids } from '@node3/shared/ids';
import type { BatchRow } from '../../../store/payout-store.ts';
import type { Transfer } from '../../../store/rows.ts';
import { insertPayoutIn } from '../../../store/sql/payout-store.ts';
import type { SqliteDatabase } from '../../../store/sqlite/sqlite-database.ts';
import type { Store } from '../../../store/store.ts';
import type { Observation, PaymentRail } from '../../payment-rail.ts';

interface PlantedParts {
  sqlite: SqliteDatabase;
  ids: Ids;
  clock: Clock;
}

/**
 * A mistake that people make with payouts, put around the real engine, to prove that the suite sees
 * it. Nothing of this is reachable from the marketplace itself.
 */
export interface PlantedBug {
  store?(store: Store, parts: PlantedParts): Store;
  rail?(rail: PaymentRail): PaymentRail;
  beforeStep?(parts: { store: Store; rail: PaymentRail; clock: Clock }): Promise<void>;
}

/** A blockhash lives for 150 slots of 400 ms: who reads the clock thinks that a minute is enough. */
const blockhashMs = 60_000;

export const plantedBugs = {
  /** The bytes leave before the database knows them. */
  'send-before-persist': {
    rail: (rail) => ({
      ...rail,
      async sign(request) {
        const result = await rail.sign(request);
        if ('signed' in result) await rail.send(result.signed.raw);
        return result;
      },
    }),
  },
  /** After a minute the transaction counts as expired, and its payouts are due again. */
  'expiry-by-wall-clock': {
    async beforeStep({ store, clock }) {
      for (const batch of await store.openBatches()) {
        const isOld = clock.nowMs() - batch.createdAtMs > blockhashMs;
        if (batch.state === 'sent' && isOld) await giveBack(store, batch, clock);
      }
    },
  },
  /** A signature that the node doesn't know counts as one that never landed. */
  'null-status-as-not-paid': {
    async beforeStep({ store, rail, clock }) {
      const batches = await store.openBatches();
      if (batches.length === 0) return;
      const seen = await rail.observe({
        receiptAddresses: batches.map((batch) => batch.receiptAddress),
        signatures: batches.flatMap((batch) => batch.attempts.map(({ signature }) => signature)),
      });
      for (const batch of batches) {
        if (batch.state === 'sent' && looksUnpaid(batch, seen)) await giveBack(store, batch, clock);
      }
    },
  },
  /** A report that comes twice makes two payouts of one job. */
  'payout-not-unique': {
    store: (store, { sqlite, ids, clock }) => ({
      ...store,
      async changeExecution(fence, agentId, decide, resultHash) {
        const outcome = await store.changeExecution(fence, agentId, decide, resultHash);
        if (!outcome.replayed) return outcome;
        const paid = await store.payoutOfExecution(fence.executionId);
        if (paid === null) return outcome;
        const again = {
          ...paid,
          payoutId: ids.next('payout'),
          executionId: ids.next('execution'),
        };
        await sqlite.write((tx) => insertPayoutIn(tx, again, paid.accountId, clock.nowMs()));
        return outcome;
      },
    }),
  },
  /** The job is over in one commit, and its money moves in the next one. */
  'capture-outside-transaction': {
    store: (store, { clock }) => ({
      ...store,
      async changeExecution(fence, agentId, decide, resultHash) {
        let transfers: Transfer[] = [];
        const withoutMoney: typeof decide = (snapshot, ledger) => {
          const change = decide(snapshot, ledger);
          transfers = change?.transfers ?? [];
          return change === null ? null : { ...change, transfers: [] };
        };
        const outcome = await store.changeExecution(fence, agentId, withoutMoney, resultHash);
        if (outcome.changed) await store.postTransfers(transfers, [], clock.nowMs());
        return outcome;
      },
    }),
  },
} as const satisfies Record<string, PlantedBug>;

export type PlantedBugName = keyof typeof plantedBugs;

export function isPlantedBugName(name: string): name is PlantedBugName {
  return Object.hasOwn(plantedBugs, name);
}

function looksUnpaid(batch: BatchRow, seen: Observation): boolean {
  const isKnown = batch.attempts.some(({ signature }) => seen.progress.has(signature));
  return !isKnown && seen.receipts.get(batch.receiptAddress) === 'open';
}

/** Puts a batch's payouts back into the queue without a tombstone. */
async function giveBack(store: Store, batch: BatchRow, clock: Clock): Promise<void> {
  await store.changeBatch({
    batchId: batch.batchId,
    from: ['sent'],
    to: 'void',
    payouts: batch.payouts.map(({ payoutId }) => ({
      payoutId,
      state: 'due',
      signature: null,
      holdReason: null,
    })),
    outcomes: [],
    transfers: [],
    events: [],
    nowMs: clock.nowMs(),
  });
}
