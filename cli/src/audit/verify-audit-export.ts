import { open } from 'node:fs/promises';
import { AuditChain, type AuditPlace } from '@node3/shared/audit-chain';
import type { AuditEntry } from '@node3/shared/routes/audit';

/** A few name the cause as well as all would. */
const problemsMax = 100;

export interface AuditVerdict {
  problems: string[];
  entries: number;
  /** The last entry, with its hash in hex. */
  head: { entry: number; hash: string };
}

/** Recomputes an exported audit log from its entries alone. */
export async function verifyAuditExport(path: string): Promise<AuditVerdict> {
  const checker = new AuditChecker();
  let number = 0;
  let isWhole = false;
  const file = await open(path);
  for await (const text of file.readLines()) {
    number += 1;
    if (text === '') continue;
    const value = parse(text);
    isWhole = isEnd(value);
    const start = startOf(value);
    if (start !== null && checker.isEmpty) checker.begin(start);
    else if (isEntry(value)) checker.add(value);
    else if (!isWhole) checker.note(`Line ${number} is no entry of an audit log.`);
  }
  if (checker.isEmpty) checker.note('There is no entry in this file.');
  if (!isWhole) checker.note('The export broke off: its last line does not say that it ended.');
  return checker.verdict();
}

/** Gathers what is wrong with entries that come one after the other. */
export class AuditChecker {
  #chain = new AuditChain();
  readonly #problems: string[] = [];

  get isEmpty(): boolean {
    return this.#chain.entries === 0;
  }

  /** What stands before the first entry that is still there. */
  begin(start: AuditPlace): void {
    this.#chain = new AuditChain(start);
  }

  add(entry: AuditEntry): void {
    for (const problem of this.#chain.add(entry)) this.note(problem);
  }

  note(problem: string): void {
    if (this.#problems.length < problemsMax) this.#problems.push(problem);
  }

  verdict(): AuditVerdict {
    const { entry, hash } = this.#chain.place;
    const head = { entry, hash: Buffer.from(hash).toString('hex') };
    return { problems: this.#problems, entries: this.#chain.entries, head };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What the chain needs; whatever else was changed shows in the hash. */
function isEntry(value: unknown): value is AuditEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { entry, at, hash } = value as Partial<Record<string, unknown>>;
  return Number.isInteger(entry) && typeof at === 'string' && typeof hash === 'string';
}

function isEnd(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'ended' in value;
}

function startOf(value: unknown): AuditPlace | null {
  if (typeof value !== 'object' || value === null || !('after' in value)) return null;
  const { entry, hash } = value.after as { entry?: unknown; hash?: unknown };
  if (!Number.isInteger(entry) || typeof hash !== 'string') return null;
  return { entry: Number(entry), hash: Buffer.from(hash, 'hex') };
}
