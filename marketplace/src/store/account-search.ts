import type { NewEvent } from '@node3/shared/events';
import type { Asset } from '@node3/shared/money';
import type { AccountBalance } from './account-store.ts';
import type { AccountRow } from './rows.ts';

/** Why no new work of an account is taken. */
export interface SuspensionRow {
  accountId: string;
  /** In the operator's words. */
  reason: string;
  sinceMs: number;
}

/** An account as the operator sees it in a list. */
export interface AccountSummary {
  account: AccountRow;
  balances: Record<Asset, AccountBalance>;
  /** Jobs that are not over. */
  openJobs: number;
  suspension: SuspensionRow | null;
}

export interface AccountQuery {
  /** How an id, a wallet or a name begins, whatever its case for a name; null finds all. */
  search: string | null;
  /** Continues a page; a search has none. */
  beforeAccountId: string | null;
  limit: number;
}

export interface AccountSearch {
  /** Newest first. */
  findAccounts(query: AccountQuery): Promise<AccountSummary[]>;
  accountSummary(accountId: string): Promise<AccountSummary | null>;
  suspensions(): Promise<SuspensionRow[]>;
  /** One that is suspended already gets the new reason. Rejects with ACCOUNT_NOT_FOUND. */
  suspendAccount(row: SuspensionRow, events: NewEvent[]): Promise<void>;
  /** Appends its events only where it was suspended. */
  restoreAccount(accountId: string, events: NewEvent[]): Promise<void>;
}
