import { createHash } from 'node:crypto';
import bs58 from 'bs58';
import { blockhashAgeMax, blockhashesKept } from '../limits.ts';

export interface SlotBlockhash {
  slot: number;
  blockhash: string;
}

/**
 * The blockhashes that a transaction may name. litesvm accepts only its single latest one, so the
 * window of 150 blocks lives here. Hashes follow from the chain's random seed: no two chains share
 * one, and a chain that restarts from a snapshot makes the same ones again.
 */
export class BlockhashRing {
  readonly #seed: Uint8Array;
  readonly #slotByHash = new Map<string, number>();
  #recent: SlotBlockhash[] = [];

  constructor(seed: Uint8Array, slot: number) {
    this.#seed = seed;
    for (let past = Math.max(0, slot - blockhashesKept + 1); past <= slot; past += 1)
      this.add(past);
  }

  add(slot: number): void {
    const blockhash = this.hashOf(slot);
    this.#slotByHash.set(blockhash, slot);
    this.#recent.unshift({ slot, blockhash });
    const dropped = this.#recent.length > blockhashesKept ? this.#recent.pop() : undefined;
    if (dropped) this.#slotByHash.delete(dropped.blockhash);
  }

  hashOf(slot: number): string {
    return bs58.encode(createHash('sha256').update(this.#seed).update(`slot:${slot}`).digest());
  }

  /** Newest first. */
  recent(): readonly SlotBlockhash[] {
    return this.#recent;
  }

  /** Whether a bank at `slot` knows this blockhash and it isn't too old there. */
  isValidAt(blockhash: string, slot: number): boolean {
    const age = slot - (this.#slotByHash.get(blockhash) ?? Number.POSITIVE_INFINITY);
    return age >= 0 && age <= blockhashAgeMax;
  }
}
