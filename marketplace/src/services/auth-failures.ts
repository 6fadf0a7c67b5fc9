import type { Clock } from '@node3/shared/clock';
import type { ErrorCode } from '@node3/shared/error-codes';
import { limits } from '@node3/shared/limits';
import { toTimestamp } from '@node3/shared/schema';
import type { AuditStore, NewAuditEntry } from '../store/audit-store.ts';

/** Who was not let in, and why. */
export interface Refusal {
  code: ErrorCode;
  ip: string | null;
  /** The id in the key that was shown; null where it had none. It may be invented. */
  keyId: string | null;
}

interface Gathered extends Refusal {
  count: number;
  firstAtMs: number;
  lastAtMs: number;
}

interface Deps {
  store: Pick<AuditStore, 'appendAudit'>;
  clock: Clock;
}

/**
 * Counts who is not let in. Anybody can cause these, so they are gathered for a minute and written
 * as few entries: one for each address, code and key, and one for all addresses beyond some.
 */
export class AuthFailures {
  readonly #deps: Deps;
  #gathered = new Map<string, Gathered>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  note(refusal: Refusal): void {
    const nowMs = this.#deps.clock.nowMs();
    const isFull = this.#gathered.size >= limits.authFailureAddresses;
    const own = `${refusal.code} ${refusal.ip} ${refusal.keyId}`;
    const isKnown = this.#gathered.has(own);
    const kept = isFull && !isKnown ? { code: refusal.code, ip: null, keyId: null } : refusal;
    const key = isFull && !isKnown ? `${refusal.code} others` : own;
    const found = this.#gathered.get(key);
    if (found === undefined) {
      this.#gathered.set(key, { ...kept, count: 1, firstAtMs: nowMs, lastAtMs: nowMs });
      return;
    }
    found.count += 1;
    found.lastAtMs = nowMs;
  }

  /** Writes what was gathered. What can't be written is gathered on. */
  async flush(): Promise<void> {
    const gathered = this.#gathered;
    if (gathered.size === 0) return;
    this.#gathered = new Map();
    try {
      await this.#deps.store.appendAudit([...gathered.values()].map(toEntry));
    } catch (error) {
      this.#putBack(gathered);
      throw error;
    }
  }

  #putBack(gathered: ReadonlyMap<string, Gathered>): void {
    for (const [key, earlier] of gathered) {
      const later = this.#gathered.get(key);
      if (later === undefined) this.#gathered.set(key, earlier);
      else {
        later.count += earlier.count;
        later.firstAtMs = Math.min(later.firstAtMs, earlier.firstAtMs);
      }
    }
  }
}

function toEntry({ code, ip, keyId, count, firstAtMs, lastAtMs }: Gathered): NewAuditEntry {
  return {
    atMs: lastAtMs,
    action: 'auth.failed',
    actor: 'nobody',
    accountId: null,
    keyId: null,
    ip,
    requestId: null,
    target: keyId,
    facts: { code, count, firstAt: toTimestamp(firstAtMs), lastAt: toTimestamp(lastAtMs) },
  };
}
