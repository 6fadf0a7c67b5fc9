import { assert } from '@node3/shared/assert';
import type { Asset } from '@node3/shared/money';
import { type LedgerClass, ledgerClassOf, normalSides } from '../domain/ledger-accounts.ts';
import { ledgerGenesis, ledgerHash } from './ledger-hash.ts';
import type { LedgerEntryRow } from './rows.ts';

interface Sums {
  readonly debits: bigint;
  readonly credits: bigint;
}

const nothing: Sums = { debits: 0n, credits: 0n };

/**
 * The ledger recomputed from its entries, in their order: the chain of hashes and every balance
 * there was on the way. Remembers the accounts that hold money and nothing else, so its size follows
 * the accounts in use and not the history.
 */
export class LedgerHistory {
  #entry = 0;
  #hash: Uint8Array = ledgerGenesis;
  /** Balances on the normal side by account and asset, other than 0. */
  readonly #balances = new Map<string, bigint>();
  readonly #totals = new Map<string, Sums>();
  #payments = 0;
  /** What this draft goes on from; null for a history of its own. */
  #base: LedgerHistory | null = null;

  /**
   * Goes on from here without changing anything here, so that what was read may be read again. Good as
   * long as nothing is added here.
   */
  draft(): LedgerHistory {
    const draft = new LedgerHistory();
    draft.#base = this;
    draft.#entry = this.#entry;
    draft.#hash = this.#hash;
    draft.#payments = this.#payments;
    return draft;
  }

  /** Takes over what was added to a draft of this history. */
  take(draft: LedgerHistory): void {
    assert(draft.#base === this, 'a draft is taken by what it goes on from');
    this.#entry = draft.#entry;
    this.#hash = draft.#hash;
    this.#payments = draft.#payments;
    for (const [key, balance] of draft.#balances) this.#setBalance(key, balance);
    for (const [key, sums] of draft.#totals) this.#totals.set(key, sums);
  }

  /** Number of the newest entry; 0 before the first. */
  get entry(): number {
    return this.#entry;
  }

  get hash(): Uint8Array {
    return this.#hash;
  }

  /** Entries that paid a payout. */
  get payments(): number {
    return this.#payments;
  }

  /** What is wrong with the next entry, one sentence each. It counts all the same. */
  add(row: LedgerEntryRow): string[] {
    const name = `Entry ${row.entry} (${row.transferId})`;
    const problems = this.#link(row, name);
    if (row.kind === 'payout') this.#payments += 1;
    if (row.amount <= 0n) problems.push(`${name} moves ${row.amount}, which is no amount.`);
    if (row.debit === row.credit) problems.push(`${name} moves money from an account to itself.`);
    for (const on of ['debit', 'credit'] as const) {
      const problem = this.#move(row, on, name);
      if (problem !== null) problems.push(problem);
    }
    return problems;
  }

  /** The balance on the account's normal side; negative where the history is wrong. */
  balance(account: string, asset: string): bigint {
    return this.#balanceOf(keyOf(account, asset));
  }

  /** Accounts that hold money, each with its asset; not of a draft. */
  *accounts(): Generator<{ account: string; asset: string; balance: bigint }> {
    assert(this.#base === null, 'a draft does not list its accounts');
    for (const [key, balance] of this.#balances) yield { ...fromKey(key), balance };
  }

  /** Sums over all accounts of a class. */
  total(ledgerClass: LedgerClass, asset: Asset): Sums {
    return this.#totalOf(keyOf(ledgerClass, asset));
  }

  #link(row: LedgerEntryRow, name: string): string[] {
    const problems: string[] = [];
    const expected = this.#entry + 1;
    const isNext = row.entry === expected;
    if (!isNext) problems.push(gapText(expected, row.entry - 1));
    else if (!equal(ledgerHash(this.#hash, row), row.hash)) {
      problems.push(`${name} was changed: its hash is not that of its content and its place.`);
    }
    // From here on the stored hash counts, so that what follows an entry is not blamed for it.
    this.#entry = row.entry;
    this.#hash = row.hash;
    return problems;
  }

  #move(row: LedgerEntryRow, on: 'debit' | 'credit', name: string): string | null {
    const { asset, amount } = row;
    const account = row[on];
    const ledgerClass = classOrNull(account);
    if (ledgerClass === null) return `${name} names the unknown account ${account}.`;
    const totalKey = keyOf(ledgerClass, asset);
    const { debits, credits } = this.#totalOf(totalKey);
    const total =
      on === 'debit' ? { debits: debits + amount, credits } : { debits, credits: credits + amount };
    this.#totals.set(totalKey, total);
    const key = keyOf(account, asset);
    const grows = normalSides[ledgerClass] === on;
    const before = this.#balanceOf(key);
    const balance = grows ? before + amount : before - amount;
    this.#setBalance(key, balance);
    if (grows || balance >= 0n) return null;
    return `${name} makes the ${asset} balance of ${account} negative.`;
  }

  #balanceOf(key: string): bigint {
    return this.#balances.get(key) ?? (this.#base === null ? 0n : this.#base.#balanceOf(key));
  }

  #totalOf(key: string): Sums {
    return this.#totals.get(key) ?? (this.#base === null ? nothing : this.#base.#totalOf(key));
  }

  #setBalance(key: string, balance: bigint): void {
    // A draft keeps a 0, which hides what it goes on from.
    if (balance === 0n && this.#base === null) this.#balances.delete(key);
    else this.#balances.set(key, balance);
  }
}

/** Account names have no space. */
function keyOf(account: string, asset: string): string {
  return `${asset} ${account}`;
}

function fromKey(key: string): { account: string; asset: string } {
  const space = key.indexOf(' ');
  return { asset: key.slice(0, space), account: key.slice(space + 1) };
}

function classOrNull(account: string): LedgerClass | null {
  try {
    return ledgerClassOf(account);
  } catch {
    return null;
  }
}

function gapText(first: number, last: number): string {
  if (last < first) return `Entry ${last + 1} stands where entry ${first} belongs.`;
  return first === last ? `Entry ${first} is missing.` : `Entries ${first} to ${last} are missing.`;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
