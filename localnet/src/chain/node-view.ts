import { statusSlotsRecent } from '../limits.ts';
import type { Chain } from './chain.ts';
import { type Commitment, commitments } from './commitment.ts';
import type { AddressedAccount, StoredAccount } from './stored-account.ts';
import type { TransactionRecord } from './transaction-record.ts';

/** The chain as one RPC node sees it: perhaps some slots behind, at three commitments. */
export class NodeView {
  readonly chain: Chain;
  /** Slots this node is behind the others. May change: what is one URL may be several machines. */
  lagSlots: number;

  constructor(chain: Chain, lagSlots: number) {
    this.chain = chain;
    this.lagSlots = lagSlots;
  }

  slotAt(commitment: Commitment): number {
    return Math.max(0, this.chain.slot - this.lagSlots - this.chain.lags[commitment]);
  }

  account(address: string, commitment: Commitment): StoredAccount | null {
    return this.chain.accountAt(address, this.slotAt(commitment));
  }

  programAccounts(program: string, commitment: Commitment): AddressedAccount[] {
    return this.chain.programAccountsAt(program, this.slotAt(commitment));
  }

  /** The highest commitment the slot has reached here, or null when this node hasn't seen it yet. */
  commitmentOf(slot: number): Commitment | null {
    return commitments.findLast((commitment) => slot <= this.slotAt(commitment)) ?? null;
  }

  /** @returns undefined too for a transaction that has not reached the commitment on this node. */
  transaction(signature: string, commitment: Commitment): TransactionRecord | undefined {
    const record = this.chain.transactions.bySignature(signature);
    return record && record.slot <= this.slotAt(commitment) ? record : undefined;
  }

  /** Newest first. */
  transactionsOf(address: string, commitment: Commitment): TransactionRecord[] {
    const slot = this.slotAt(commitment);
    const records = this.chain.transactions.byAddress(address);
    return records.filter((record) => record.slot <= slot).toReversed();
  }

  /** Whether the node's status cache, rather than its history, still has the slot. */
  isRecent(slot: number): boolean {
    return this.slotAt('processed') - slot <= statusSlotsRecent;
  }

  isBlockhashValid(blockhash: string, commitment: Commitment): boolean {
    return this.chain.blockhashes.isValidAt(blockhash, this.slotAt(commitment));
  }
}
