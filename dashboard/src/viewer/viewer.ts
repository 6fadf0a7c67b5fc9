import type { ReplyOf } from '@node3/shared/contract';
import type { AccountScope } from '@node3/shared/key-scopes';
import type { getAccount } from '@node3/shared/routes/accounts';

/** The account that is signed in, with what its key or session may do. */
export type OwnAccount = ReplyOf<typeof getAccount>;

/** What a page needs: `account` is what every key of an account may. */
export type PageScope = Exclude<AccountScope, 'read-only'> | 'account';

/** Who looks at the page. */
export type Viewer =
  /** `ended`: what this tab was signed in with, if it is no longer accepted. */
  | { state: 'signedOut'; ended: 'key' | 'session' | null }
  /** Asked, and not told yet; with an error where the marketplace didn't answer. */
  | { state: 'unknown'; error: Error | null; retry: () => void }
  | SignedInViewer;

export interface SignedInViewer {
  state: 'signedIn';
  by: 'key' | 'session';
  account: OwnAccount;
  scopes: readonly AccountScope[];
}

/** The scope that is missing for what a viewer wants; null: nothing is. The marketplace decides the same. */
export function missingScope(
  scopes: readonly AccountScope[],
  needed: PageScope,
  wants: 'reads' | 'changes',
): AccountScope | null {
  if (needed !== 'account' && !scopes.includes(needed)) return needed;
  return wants === 'changes' && scopes.includes('read-only') ? (scopes[0] ?? 'requester') : null;
}

/** Whether somebody may look at the operator's pages. */
export function isOperator(viewer: Viewer): boolean {
  return viewer.state === 'signedIn' && viewer.scopes.includes('operator');
}
