import type { StoredAccount } from './stored-account.ts';

interface Change {
  slot: number;
  /** What the account was before its first write in this slot. */
  before: StoredAccount | null;
}

export type AccountChange = [address: string, changes: Change[]];

/**
 * Remembers what accounts were before they were written, for as many slots back as anyone may read.
 * The virtual machine knows only the present; confirmed, finalized and lagging reads come from here.
 */
export class AccountHistory {
  readonly #slotsKept: number;
  readonly #changes = new Map<string, Change[]>();
  readonly #addressesBySlot = new Map<number, Set<string>>();

  constructor(slotsKept: number, saved: readonly AccountChange[] = []) {
    this.#slotsKept = slotsKept;
    for (const [address, changes] of saved) {
      for (const change of changes) this.recordBefore(change.slot, address, change.before);
    }
  }

  /** Only the first call for a slot and an address counts; slots must not go backwards. */
  recordBefore(slot: number, address: string, before: StoredAccount | null): void {
    const written = this.#addressesBySlot.get(slot) ?? new Set<string>();
    if (written.has(address)) return;
    this.#addressesBySlot.set(slot, written.add(address));
    const changes = this.#changes.get(address);
    if (changes) changes.push({ slot, before });
    else this.#changes.set(address, [{ slot, before }]);
  }

  /** @returns the account at the end of `slot`, or undefined when it hasn't changed since. */
  accountAt(address: string, slot: number): StoredAccount | null | undefined {
    return this.#changes.get(address)?.find((change) => change.slot > slot)?.before;
  }

  /** Forgets everything since `slot`. @returns what the accounts written since then were before it. */
  revert(slot: number): Map<string, StoredAccount | null> {
    const reverted = new Map<string, StoredAccount | null>();
    for (const [writtenSlot, written] of this.#addressesBySlot) {
      if (writtenSlot < slot) continue;
      this.#addressesBySlot.delete(writtenSlot);
      for (const address of written) {
        const changes = this.#changes.get(address) ?? [];
        const first = changes.find((change) => change.slot >= slot);
        // An address written in several of these slots was reverted at the first one already.
        if (first === undefined) continue;
        reverted.set(address, first.before);
        this.#keep(address, (change) => change.slot < slot);
      }
    }
    return reverted;
  }

  /** Every address that changed within the slots kept. */
  addresses(): Iterable<string> {
    return this.#changes.keys();
  }

  /** Forgets what no reader at `slot` or later can ask for. */
  prune(slot: number): void {
    const oldest = slot - this.#slotsKept;
    for (const [writtenSlot, written] of this.#addressesBySlot) {
      if (writtenSlot >= oldest) return;
      this.#addressesBySlot.delete(writtenSlot);
      for (const address of written) this.#keep(address, (change) => change.slot >= oldest);
    }
  }

  toSaved(): AccountChange[] {
    return [...this.#changes];
  }

  #keep(address: string, isKept: (change: Change) => boolean): void {
    const kept = (this.#changes.get(address) ?? []).filter(isKept);
    if (kept.length === 0) this.#changes.delete(address);
    else this.#changes.set(address, kept);
  }
}
