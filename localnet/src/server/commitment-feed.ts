import type { ChainListener } from '../chain/chain.ts';
import { type Commitment, commitments } from '../chain/commitment.ts';
import type { NodeView } from '../chain/node-view.ts';
import type { TransactionRecord } from '../chain/transaction-record.ts';

export interface CommitmentListener {
  slot(): void;
  transaction(record: TransactionRecord, commitment: Commitment): void;
}

/** Turns the chain's events into "this transaction has now reached that commitment on this node". */
export function createCommitmentFeed(view: NodeView, listener: CommitmentListener): ChainListener {
  const reached = new Map(commitments.map((commitment) => [commitment, view.slotAt(commitment)]));
  return {
    transaction(record) {
      for (const commitment of commitments) {
        if (record.slot <= view.slotAt(commitment)) listener.transaction(record, commitment);
      }
    },
    slot() {
      listener.slot();
      for (const commitment of commitments) {
        const now = view.slotAt(commitment);
        const before = reached.get(commitment) ?? now;
        reached.set(commitment, now);
        for (let slot = before + 1; slot <= now; slot += 1) {
          const records = view.chain.transactions.bySlot(slot);
          for (const record of records) listener.transaction(record, commitment);
        }
      }
    },
  };
}
