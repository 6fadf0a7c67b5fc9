import { transactionsKept } from '../limits.ts';
import type { TransactionRecord } from './transaction-record.ts';

/** History of transactions by signature, address, slot and message; the oldest leave at the limit. */
export class TransactionIndex {
  readonly #bySignature = new Map<string, TransactionRecord>();
  readonly #byAddress = new Map<string, TransactionRecord[]>();
  readonly #bySlot = new Map<number, TransactionRecord[]>();
  readonly #messageHashes = new Set<string>();
  readonly #recordsMax: number;
  #count = 0;

  constructor(
    saved: { records: readonly TransactionRecord[]; count: number } = { records: [], count: 0 },
    recordsMax: number = transactionsKept,
  ) {
    this.#recordsMax = recordsMax;
    for (const record of saved.records) this.add(record);
    this.#count = saved.count;
  }

  /** How many transactions the chain ever had, including those no longer kept. */
  get count(): number {
    return this.#count;
  }

  add(record: TransactionRecord): void {
    this.#count += 1;
    this.#bySignature.set(record.wire.signature, record);
    this.#messageHashes.add(record.messageHash);
    append(this.#bySlot, record.slot, record);
    for (const key of new Set(record.keys)) append(this.#byAddress, key, record);
    if (this.#bySignature.size > this.#recordsMax) this.#dropOldest();
  }

  /** Takes back everything since `slot`. @returns it, oldest first. */
  revert(slot: number): TransactionRecord[] {
    const slots = [...this.#bySlot.keys()].filter((kept) => kept >= slot).toSorted((a, b) => a - b);
    const reverted = slots.flatMap((kept) => this.#bySlot.get(kept) ?? []);
    for (const record of reverted.toReversed()) {
      this.#bySignature.delete(record.wire.signature);
      this.#messageHashes.delete(record.messageHash);
      for (const key of new Set(record.keys)) dropLast(this.#byAddress, key);
    }
    for (const kept of slots) this.#bySlot.delete(kept);
    return reverted;
  }

  bySignature(signature: string): TransactionRecord | undefined {
    return this.#bySignature.get(signature);
  }

  /** Oldest first. */
  bySlot(slot: number): readonly TransactionRecord[] {
    return this.#bySlot.get(slot) ?? [];
  }

  /** Oldest first: every transaction that names the address, even only to read it. */
  byAddress(address: string): readonly TransactionRecord[] {
    return this.#byAddress.get(address) ?? [];
  }

  hasMessage(messageHash: string): boolean {
    return this.#messageHashes.has(messageHash);
  }

  records(): TransactionRecord[] {
    return [...this.#bySignature.values()];
  }

  #dropOldest(): void {
    const [oldest] = this.#bySignature.values();
    if (!oldest) return;
    this.#bySignature.delete(oldest.wire.signature);
    this.#messageHashes.delete(oldest.messageHash);
    dropFirst(this.#bySlot, oldest.slot);
    for (const key of new Set(oldest.keys)) dropFirst(this.#byAddress, key);
  }
}

function append<K>(lists: Map<K, TransactionRecord[]>, key: K, record: TransactionRecord): void {
  const list = lists.get(key);
  if (list) list.push(record);
  else lists.set(key, [record]);
}

function dropLast<K>(lists: Map<K, TransactionRecord[]>, key: K): void {
  const list = lists.get(key);
  list?.pop();
  if (list?.length === 0) lists.delete(key);
}

/** Lists are in order of arrival, so the oldest record of all is first in each list that has it. */
function dropFirst<K>(lists: Map<K, TransactionRecord[]>, key: K): void {
  const list = lists.get(key);
  list?.shift();
  if (list?.length === 0) lists.delete(key);
}
