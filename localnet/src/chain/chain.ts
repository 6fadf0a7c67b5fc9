import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '@node3/shared/clock';
import { blockTimesKept, nodeLagSlotsMax, transactionsDelayedMax } from '../limits.ts';
import { AccountHistory } from './account-history.ts';
import { BlockhashRing } from './blockhash-ring.ts';
import type { ChainState } from './chain-state.ts';
import type { CommitmentLags } from './commitment.ts';
import { decodeNonce, isNonceCurrent, nonceAddressOf, withNonceOf } from './durable-nonce.ts';
import type { Litesvm } from './litesvm-loader.ts';
import { systemProgram } from './program-address.ts';
import type { AddressedAccount, StoredAccount } from './stored-account.ts';
import { resolveAccounts, TransactionRejected } from './transaction-accounts.ts';
import { executeTransaction, type PreparedTransaction } from './transaction-execution.ts';
import { TransactionIndex } from './transaction-index.ts';
import type { TransactionRecord } from './transaction-record.ts';
import { Vm, type VmSimulation } from './vm.ts';
import type { WireMessage } from './wire-message.ts';
import type { WireTransaction } from './wire-transaction.ts';

export interface ChainDeps {
  litesvm: Litesvm;
  clock: Clock;
  lags: CommitmentLags;
  /** From a snapshot, or null for a new chain. */
  saved: ChainState | null;
  /** Blockhashes of a new chain follow from this; random when absent. */
  seed?: Uint8Array;
}

export interface ChainListener {
  /** A new slot began. */
  slot(): void;
  /** A transaction became part of the present slot. */
  transaction(record: TransactionRecord): void;
}

interface DelayedTransaction {
  landsAtSlot: number;
  wire: WireTransaction;
}

/** One block a slot, forks only on request: the ledger that every node of this localnet shows a view of. */
export class Chain {
  readonly lags: CommitmentLags;
  readonly vm: Vm;
  readonly #clock: Clock;
  readonly #seed: Uint8Array;
  readonly #blockhashes: BlockhashRing;
  readonly #accounts: AccountHistory;
  readonly #transactions: TransactionIndex;
  readonly #blockTimes: Map<number, number>;
  readonly #listeners = new Set<ChainListener>();
  #delayed: DelayedTransaction[] = [];
  #slot: number;

  constructor(deps: ChainDeps) {
    const { saved } = deps;
    this.lags = deps.lags;
    this.vm = new Vm(deps.litesvm, saved?.svm ?? null);
    this.#clock = deps.clock;
    this.#seed = saved?.seed ?? deps.seed ?? randomBytes(32);
    this.#slot = saved?.slot ?? 0;
    this.#blockhashes = new BlockhashRing(this.#seed, this.#slot);
    const slotsKept = deps.lags.finalized + nodeLagSlotsMax;
    this.#accounts = new AccountHistory(slotsKept, saved?.accountChanges);
    this.#transactions = new TransactionIndex(saved?.transactions);
    this.#blockTimes = new Map(saved?.blockTimes ?? [[0, this.#nowSec()]]);
    // A restored chain goes on with a new slot, since part of the last one may have been read.
    this.advanceSlot();
  }

  /** The slot that transactions land in now; also the block height, as no slot is ever skipped. */
  get slot(): number {
    return this.#slot;
  }

  get transactions(): TransactionIndex {
    return this.#transactions;
  }

  get blockhashes(): BlockhashRing {
    return this.#blockhashes;
  }

  advanceSlot(): void {
    this.#slot += 1;
    const unixSec = this.#nowSec();
    this.#blockhashes.add(this.#slot);
    this.#blockTimes.set(this.#slot, unixSec);
    this.#blockTimes.delete(this.#slot - blockTimesKept);
    this.vm.startSlot(this.#slot, unixSec, this.#blockhashes.recent());
    this.#accounts.prune(this.#slot);
    for (const listener of this.#listeners) listener.slot();
    this.#landDelayed();
  }

  /** @returns undo. */
  listen(listener: ChainListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Unix seconds at which the slot began, or null when it is not kept or yet to come. */
  blockTimeSec(slot: number): number | null {
    return this.#blockTimes.get(slot) ?? null;
  }

  /** The oldest slot whose block can still be shown. */
  firstSlotKept(): number {
    return Math.max(0, this.#slot - blockTimesKept + 1);
  }

  /** The account at the end of `slot`; for the present slot, as it is now. */
  accountAt(address: string, slot: number): StoredAccount | null {
    if (slot >= this.#slot) return this.vm.account(address);
    const past = this.#accounts.accountAt(address, slot);
    return past === undefined ? this.vm.account(address) : past;
  }

  programAccountsAt(program: string, slot: number): AddressedAccount[] {
    const now = this.vm.programAccounts(program).filter((account) => account.lamports > 0n);
    if (slot >= this.#slot) return now;
    const addresses = new Set([
      ...now.map((account) => account.address),
      ...this.#accounts.addresses(),
    ]);
    return [...addresses].flatMap((address) => {
      const account = this.accountAt(address, slot);
      return account?.owner === program ? [{ address, ...account }] : [];
    });
  }

  /** Resolves what the transaction names. Throws TransactionRejected. */
  prepare(wire: WireTransaction): PreparedTransaction {
    const accounts = resolveAccounts(wire.message, (address) => this.vm.account(address));
    const messageHash = createHash('sha256').update(wire.message.bytes).digest('hex');
    const recent = this.#blockhashes.isValidAt(wire.message.recentBlockhash, this.#slot);
    const nonceAddress = recent ? null : nonceAddressOf(wire.message);
    return { wire, messageHash, nonceAddress, ...accounts };
  }

  /** Whether a bank at `slot` takes the message's blockhash, or the nonce in its place. */
  isLive(message: WireMessage, slot: number): boolean {
    if (this.#blockhashes.isValidAt(message.recentBlockhash, slot)) return true;
    const nonceAddress = nonceAddressOf(message);
    if (nonceAddress === null) return false;
    return isNonceCurrent(message, this.vm.account(nonceAddress), this.#blockhash());
  }

  /**
   * Throws TransactionRejected when the blockhash is unknown or too old for a bank at `slot`, or
   * when the same message landed before. The order of the two checks is Agave's.
   */
  assertProcessable(prepared: PreparedTransaction, slot: number): void {
    if (!this.isLive(prepared.wire.message, slot))
      throw new TransactionRejected('BlockhashNotFound');
    if (this.#transactions.hasMessage(prepared.messageHash)) {
      throw new TransactionRejected('AlreadyProcessed');
    }
  }

  /** Lands the transaction in the present slot, successful or not. Throws TransactionRejected. */
  land(wire: WireTransaction): TransactionRecord {
    const prepared = this.prepare(wire);
    this.assertProcessable(prepared, this.#slot);
    const { record: executed, before } = executeTransaction(this.vm, prepared);
    if (executed.err !== null && executed.fee === 0n) throw new TransactionRejected(executed.err);
    for (const [address, account] of before) {
      this.#accounts.recordBefore(this.#slot, address, account);
    }
    this.#settleNonces(prepared, before);
    const blockTimeSec = this.blockTimeSec(this.#slot) ?? this.#nowSec();
    const record = { ...executed, slot: this.#slot, blockTimeSec };
    this.#transactions.add(record);
    for (const listener of this.#listeners) listener.transaction(record);
    return record;
  }

  /** Lands the transaction after `slots` more slots, or drops it then if it is no longer valid. */
  landLater(wire: WireTransaction, slots: number): void {
    if (this.#delayed.length >= transactionsDelayedMax) this.#delayed.shift();
    this.#delayed.push({ landsAtSlot: this.#slot + slots, wire });
  }

  /**
   * A fork: the cluster leaves the branch of the last `slots` blocks, the present one included, and
   * everything in them never happened. None of them may be final yet. Their blockhashes stay good:
   * what was signed for this chain can still land on it, which is the worst case for a payer.
   * @returns what they held, oldest first. Throws RangeError.
   */
  fork(slots: number): TransactionRecord[] {
    const { finalized } = this.lags;
    if (!Number.isSafeInteger(slots) || slots < 1 || slots > finalized) {
      throw new RangeError(`a fork is 1 to ${finalized} slots long: older blocks are final`);
    }
    const first = this.#slot - slots + 1;
    for (const [address, account] of this.#accounts.revert(first)) {
      this.vm.setAccount(address, account ?? noAccount);
    }
    return this.#transactions.revert(first);
  }

  simulate(wire: WireTransaction, signatures: 'verify' | 'trust'): VmSimulation {
    return this.vm.simulate(wire, signatures);
  }

  toState(): ChainState {
    return {
      seed: this.#seed,
      slot: this.#slot,
      svm: this.vm.toBytes(),
      blockTimes: [...this.#blockTimes],
      accountChanges: this.#accounts.toSaved(),
      transactions: { records: this.#transactions.records(), count: this.#transactions.count },
    };
  }

  #landDelayed(): void {
    const due = this.#delayed.filter((delayed) => delayed.landsAtSlot <= this.#slot);
    if (due.length === 0) return;
    this.#delayed = this.#delayed.filter((delayed) => delayed.landsAtSlot > this.#slot);
    for (const { wire } of due) {
      try {
        this.land(wire);
      } catch (error) {
        if (!(error instanceof TransactionRejected)) throw error;
      }
    }
  }

  /**
   * litesvm derives new nonces from the transaction's own blockhash and rolls the nonce of a failed
   * transaction back. A validator derives them from the block's and advances them either way.
   */
  #settleNonces(prepared: PreparedTransaction, before: Map<string, StoredAccount | null>): void {
    for (const [address, old] of before) {
      const account = this.vm.account(address);
      const nonce = account && decodeNonce(account)?.nonce;
      if (!account || nonce === undefined) continue;
      const moved = nonce !== (old && decodeNonce(old)?.nonce);
      if (!moved && address !== prepared.nonceAddress) continue;
      this.vm.setAccount(address, withNonceOf(account, this.#blockhash()));
    }
  }

  #blockhash(): string {
    return this.#blockhashes.hashOf(this.#slot);
  }

  #nowSec(): number {
    return Math.floor(this.#clock.nowMs() / 1000);
  }
}

/** What the virtual machine takes for an account that doesn't exist. */
const noAccount: StoredAccount = {
  lamports: 0n,
  data: new Uint8Array(),
  owner: systemProgram,
  executable: false,
};
