import type { Clock } from '@node3/shared/clock';
import type { Ids } from '@node3/shared/ids';
import type { AccountStore } from '../store/account-store.ts';

/** Finds the operator's own account, which pays for jobs posted with the operator key. */
export async function openOperatorAccount(deps: {
  store: Pick<AccountStore, 'openAccount'>;
  clock: Clock;
  ids: Ids;
}): Promise<string> {
  const { account } = await deps.store.openAccount({
    accountId: deps.ids.next('account'),
    wallet: null,
    name: 'Operator',
    key: null,
    nowMs: deps.clock.nowMs(),
  });
  return account.accountId;
}
