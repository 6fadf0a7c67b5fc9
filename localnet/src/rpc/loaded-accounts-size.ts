import bs58 from 'bs58';
import type { Chain } from '../chain/chain.ts';
import { upgradeableLoader } from '../chain/program-address.ts';
import type { StoredAccount } from '../chain/stored-account.ts';
import { resolveAccounts, TransactionRejected } from '../chain/transaction-accounts.ts';
import type { WireTransaction } from '../chain/wire-transaction.ts';

/** What SIMD-0186 counts for each account besides its data, and for each lookup table as a whole. */
const accountOverheadBytes = 64;
const lookupTableBytes = 8248;

/** Bytes of account data a transaction loads, for clients that set the limit from a simulation. */
export function loadedAccountsDataBytes(chain: Chain, wire: WireTransaction): number | null {
  const read = (address: string) => chain.vm.account(address);
  try {
    const { keys } = resolveAccounts(wire.message, read);
    const tables = wire.message.lookups.length * lookupTableBytes;
    return keys.reduce((sum, key) => sum + loadedBytes(read(key), read), tables);
  } catch (error) {
    if (error instanceof TransactionRejected) return null;
    throw error;
  }
}

function loadedBytes(
  account: StoredAccount | null,
  read: (address: string) => StoredAccount | null,
): number {
  if (account === null) return 0;
  const own = account.data.length + accountOverheadBytes;
  if (account.owner !== upgradeableLoader || account.data[0] !== 2) return own;
  // An upgradeable program is a pointer; its code lies in a second account that is loaded with it.
  const code = read(bs58.encode(account.data.subarray(4, 36)));
  return code === null ? own : own + code.data.length + accountOverheadBytes;
}
