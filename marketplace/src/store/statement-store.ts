import type { Asset } from '@node3/shared/money';
import type { StatementKind } from '@node3/shared/routes/statements';
import type { LedgerEntryRow } from './rows.ts';

export interface StatementRow extends LedgerEntryRow {
  kind: StatementKind;
  /** Of the transaction that pays a withdrawal; null before there is one, and of anything else. */
  payoutSignature: string | null;
}

export interface StatementQuery {
  accountId: string;
  kinds: readonly StatementKind[];
  assets: readonly Asset[];
  beforeEntry: number | null;
  limit: number;
}

export interface StatementStore {
  /** Entries of the ledger that move money of one account, newest first. */
  statement(query: StatementQuery): Promise<StatementRow[]>;
}
