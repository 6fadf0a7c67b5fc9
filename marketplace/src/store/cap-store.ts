import type { NewEvent } from '@node3/shared/events';
import type { Asset, BaseUnits } from '@node3/shared/money';
import type { Caps } from '../domain/spending-caps.ts';

/** What an account or a key may spend, and what it has. An owner is an account id or a key id. */
export interface CapStore {
  caps(owner: string): Promise<Record<Asset, Caps>>;
  /** Those of all keys of an account that have any, by the id of the key. */
  capsOfKeys(accountId: string): Promise<ReadonlyMap<string, Record<Asset, Caps>>>;
  /**
   * Replaces caps. `decide` gets what is stored and may throw; it must not wait. Jobs that were
   * accepted before stay as they are.
   */
  changeCaps(
    owner: string,
    decide: (stored: Record<Asset, Caps>) => CapsChange,
  ): Promise<Record<Asset, Caps>>;
  /** Prices of the jobs that the owner posted on that UTC day, settled ones at what they cost. */
  spentOn(owner: string, day: number): Promise<Record<Asset, BaseUnits>>;
}

export interface CapsChange {
  caps: Record<Asset, Caps>;
  events: NewEvent[];
}
