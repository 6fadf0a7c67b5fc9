import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import { DelayQueue } from '../matching/delay-queue.ts';
import type { KeyStore } from '../store/key-store.ts';
import type { ApiKeyRow } from '../store/rows.ts';
import { isWorkingKey } from './api-key.ts';

interface Deps {
  store: Pick<KeyStore, 'apiKey'>;
  clock: Clock;
}

interface Holder {
  keyId: string;
  end(reason: MarketError): void;
}

/** A database that is asked for more at once refuses reads, and every refusal ends what is open. */
const keysAtOnce = 200;

/**
 * What stays open under a key: sockets and streams, which show it once and then never again. They
 * end with their key, or whoever has stolen it would go on for as long as it likes.
 */
export class KeyHolders {
  readonly #deps: Deps;
  /** By account or agent. */
  readonly #byOwner = new Map<string, Set<Holder>>();
  readonly #expiring: DelayQueue;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#expiring = new DelayQueue(deps.clock, (entry) => {
      const [ownerId = '', keyId = ''] = entry.split(' ');
      // It is looked at again: a session goes on while it is used.
      void this.#check(ownerId, keyId);
    });
  }

  /**
   * Notes something that was opened with a key; `end` is called at most once. The key is looked at
   * again, since it may have been revoked after it was checked. @returns what takes it out.
   */
  hold(ownerId: string, keyId: string, end: Holder['end']): () => void {
    const holder = { keyId, end };
    const holders = this.#byOwner.get(ownerId) ?? new Set();
    this.#byOwner.set(ownerId, holders.add(holder));
    void this.#check(ownerId, keyId);
    return () => this.#drop(ownerId, holder);
  }

  /**
   * Looks again at every key of an owner under which something is open here; null at those of all, so
   * many at a time that other reads find a turn. @returns when all are looked at.
   */
  async recheck(ownerId: string | null): Promise<void> {
    const keys = (ownerId === null ? [...this.#byOwner.keys()] : [ownerId]).flatMap((owner) => {
      const keyIds = new Set([...(this.#byOwner.get(owner) ?? [])].map(({ keyId }) => keyId));
      return [...keyIds].map((keyId) => ({ owner, keyId }));
    });
    while (keys.length > 0) {
      const page = keys.splice(0, keysAtOnce);
      await Promise.all(page.map(({ owner, keyId }) => this.#check(owner, keyId)));
    }
  }

  /** The key works until then. */
  expire(ownerId: string, keyId: string, atMs: number): void {
    const isHeld = [...(this.#byOwner.get(ownerId) ?? [])].some((one) => one.keyId === keyId);
    if (isHeld) this.#expiring.set(`${ownerId} ${keyId}`, atMs);
  }

  endKey(ownerId: string, keyId: string): void {
    this.#endKey(ownerId, keyId, new MarketError('AUTH_INVALID'));
  }

  /** Ends what is open under any key of an account or agent. */
  endAll(ownerId: string, reason: MarketError): void {
    this.#end(ownerId, () => true, reason);
  }

  #endKey(ownerId: string, keyId: string, reason: MarketError): void {
    this.#end(ownerId, ({ keyId: held }) => held === keyId, reason);
  }

  #end(ownerId: string, isMeant: (holder: Holder) => boolean, reason: MarketError): void {
    for (const holder of [...(this.#byOwner.get(ownerId) ?? [])].filter(isMeant)) {
      this.#drop(ownerId, holder);
      holder.end(reason);
    }
  }

  #drop(ownerId: string, holder: Holder): void {
    const holders = this.#byOwner.get(ownerId);
    if (holders?.delete(holder) !== true) return;
    if (holders.size === 0) this.#byOwner.delete(ownerId);
    const isHeld = [...holders].some(({ keyId }) => keyId === holder.keyId);
    if (!isHeld) this.#expiring.delete(`${ownerId} ${holder.keyId}`);
  }

  async #check(ownerId: string, keyId: string): Promise<void> {
    let row: ApiKeyRow | null;
    try {
      row = await this.#deps.store.apiKey(keyId);
    } catch {
      // Nobody can tell whether it still works: whoever holds it comes back and is asked again.
      this.#endKey(ownerId, keyId, new MarketError('STORE_UNAVAILABLE'));
      return;
    }
    if (row === null || !isWorkingKey(row, this.#deps.clock.nowMs())) this.endKey(ownerId, keyId);
    else if (row.expiresAtMs !== null) this.expire(ownerId, keyId, row.expiresAtMs);
  }
}
