import type { Clock } from '@node3/shared/clock';
import type { Ids } from '@node3/shared/ids';
import { toMoney } from '@node3/shared/money';
import type { Account } from '@node3/shared/routes/accounts';
import type { KeyCapsByAsset } from '@node3/shared/routes/caps';
import { toTimestamp } from '@node3/shared/schema';
import type { AccountBalance, AccountStore } from '../store/account-store.ts';
import type { AccountRow } from '../store/rows.ts';
import { createApiKey } from './api-key.ts';
import type { OwnWallets } from './own-wallets.ts';
import { proveWallet, type WalletProof } from './prove-wallet.ts';
import { readKeyCaps } from './spending-caps.ts';

interface Deps {
  store: AccountStore;
  clock: Clock;
  ids: Ids;
  ownWallets: OwnWallets;
}

/** Opens the account of the wallet that signed, or adds a key to it. The key is shown only here. */
export async function openAccount(
  deps: Deps,
  input: WalletProof & { name?: string; keyCaps?: KeyCapsByAsset },
) {
  const wallet = await proveWallet(deps, input, 'account.create');
  const nowMs = deps.clock.nowMs();
  const accountId = deps.ids.next('account');
  const key = createApiKey(deps.ids, { kind: 'account', accountId }, nowMs);
  const { account, created } = await deps.store.openAccount({
    accountId,
    wallet,
    name: input.name ?? null,
    key: key.row,
    keyCaps: input.keyCaps === undefined ? null : readKeyCaps(input.keyCaps),
    nowMs,
  });
  const view = await viewAccount(deps.store, account);
  return { account: view, apiKey: key.apiKey, created };
}

export async function viewAccount(
  store: Pick<AccountStore, 'accountBalances'>,
  account: AccountRow,
): Promise<Account> {
  const balances = await store.accountBalances(account.accountId);
  return {
    accountId: account.accountId,
    wallet: account.wallet,
    name: account.name,
    balances: {
      SOL: viewBalance(balances.SOL, 'SOL'),
      USDC: viewBalance(balances.USDC, 'USDC'),
    },
    createdAt: toTimestamp(account.createdAtMs),
  };
}

function viewBalance(balance: AccountBalance, asset: 'SOL' | 'USDC') {
  return { available: toMoney(balance.available, asset), held: toMoney(balance.held, asset) };
}
