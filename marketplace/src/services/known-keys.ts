import type { Clock } from '@node3/shared/clock';
import { limits } from '@node3/shared/limits';
import type { ApiKeyRow } from '../store/rows.ts';

export interface KnownOwner {
  accountId: string;
  keyId: string;
  scopes: ApiKeyRow['scopes'];
}

interface KnownKey {
  owner: KnownOwner;
  expiresAtMs: number | null;
  /** On the monotonic clock. */
  knownUntilMs: number;
}

/**
 * Keys of requesters that were found good within the last second, by their hash: who asks a hundred
 * times a second need not be looked up each time. All are forgotten at once when one is revoked or
 * replaced; where another process did that, when its event comes, and after that second in any case.
 */
export class KnownKeys {
  readonly #clock: Clock;
  readonly #byHash = new Map<string, KnownKey>();
  #changes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** To be asked before a key is read, and given to `keep`: what was read before a change is old. */
  get changes(): number {
    return this.#changes;
  }

  /** null: it has to be looked up. */
  find(keyHash: string): KnownOwner | null {
    const known = this.#byHash.get(keyHash);
    if (known === undefined) return null;
    const { owner, expiresAtMs, knownUntilMs } = known;
    const isOld = this.#clock.monotonicMs() >= knownUntilMs;
    return isOld || isOver(expiresAtMs, this.#clock.nowMs()) ? null : owner;
  }

  /** Notes a key that has just been found good, unless one changed since it was read. */
  keep(row: ApiKeyRow, accountId: string, changes: number): void {
    if (changes !== this.#changes) return;
    const { keyId, keyHash, expiresAtMs, scopes } = row;
    this.#byHash.delete(keyHash);
    const [oldest] = this.#byHash.keys();
    if (this.#byHash.size >= limits.keysKnown && oldest !== undefined) this.#byHash.delete(oldest);
    const knownUntilMs = this.#clock.monotonicMs() + limits.keyKnownMs;
    this.#byHash.set(keyHash, { owner: { accountId, keyId, scopes }, expiresAtMs, knownUntilMs });
  }

  /** Some key has been revoked, or has an end now. It happens so rarely that all are looked up again. */
  forget(): void {
    this.#changes += 1;
    this.#byHash.clear();
  }
}

function isOver(expiresAtMs: number | null, nowMs: number): boolean {
  return expiresAtMs !== null && nowMs >= expiresAtMs;
}
