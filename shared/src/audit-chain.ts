import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { AuditEntry } from './routes/audit.ts';

/** What the first entry's hash is chained to. */
export const auditGenesis: Uint8Array = new Uint8Array(32);

/**
 * The hash of an entry: SHA-256 over the previous entry's 32 bytes and over the entry without its
 * hash, as JSON with sorted keys. Stored with every entry, so that whoever changes, removes or adds
 * one has to change all that follow. This format never changes.
 */
export function auditHash(previous: Uint8Array, entry: Omit<AuditEntry, 'hash'>): Uint8Array {
  const { hash: _, ...hashed } = entry as AuditEntry;
  return hash('sha256', Buffer.concat([previous, Buffer.from(canonicalJson(hashed))]), 'buffer');
}

/** A place in the chain: the last entry before it, and that one's hash. */
export interface AuditPlace {
  entry: number;
  hash: Uint8Array;
}

/** Follows a chain entry by entry and says what is wrong with it. */
export class AuditChain {
  #at: AuditPlace;
  #entries = 0;
  #atMs = 0;

  /** @param start what was before the first entry that is still there. */
  constructor(start: AuditPlace = { entry: 0, hash: auditGenesis }) {
    this.#at = start;
  }

  get place(): AuditPlace {
    return this.#at;
  }

  /** How many entries were looked at. */
  get entries(): number {
    return this.#entries;
  }

  /** @returns one sentence per problem; the chain goes on with what the entry says of itself. */
  add(entry: AuditEntry): string[] {
    const problems: string[] = [];
    const expected = this.#at.entry + 1;
    if (entry.entry > expected) {
      const last = entry.entry - 1;
      const which = last === expected ? `Entry ${last} is` : `Entries ${expected} to ${last} are`;
      problems.push(`${which} missing.`);
    } else if (entry.entry < expected) {
      problems.push(`Entry ${entry.entry} stands after entry ${this.#at.entry}: it was inserted.`);
    }
    const own = Buffer.from(entry.hash, 'hex');
    // After a gap the hash before this one is not known, so only what follows can be compared.
    const isNext = entry.entry === expected;
    if (isNext && !own.equals(auditHash(this.#at.hash, entry))) {
      problems.push(`Entry ${entry.entry} does not have the hash it was written with.`);
    }
    const atMs = Date.parse(entry.at);
    if (atMs < this.#atMs - clockBackMs) {
      problems.push(`Entry ${entry.entry} is older than the one before it.`);
    }
    this.#atMs = atMs;
    this.#entries += 1;
    if (entry.entry >= expected) this.#at = { entry: entry.entry, hash: own };
    return problems;
  }
}

/** Several processes write, and clocks are set: an hour back is no proof of anything. */
const clockBackMs = 3_600_000;
