import type { Commitment } from '../chain/commitment.ts';
import type { AddressedAccount } from '../chain/stored-account.ts';
import { accountsPerCallMax } from '../limits.ts';
import { matchesFilters, readAccountFilters } from './account-filter.ts';
import { assertContextSlot, atCommitment } from './context-slot.ts';
import { type AccountFormat, encodeAccount, readAccountFormat } from './encode-account.ts';
import { type RpcConfig, readAddress, readArray, readCommitment, readConfig } from './params.ts';
import type { RpcContext, RpcMethods } from './rpc-handler.ts';

/** An account in the answer's encoding, or null when it doesn't exist at that commitment. */
export function showAccount(
  context: RpcContext,
  address: string,
  shown: { commitment: Commitment; format: AccountFormat },
) {
  const { commitment, format } = shown;
  const read = (key: string) => context.view.account(key, commitment);
  const account = read(address);
  return account && encodeAccount(account, format, read);
}

/** As `showAccount`, for lists of accounts that were already read. */
export function showAccounts(
  context: RpcContext,
  accounts: readonly AddressedAccount[],
  shown: { commitment: Commitment; format: AccountFormat },
) {
  const read = (key: string) => context.view.account(key, shown.commitment);
  return accounts.map((account) => ({
    pubkey: account.address,
    account: encodeAccount(account, shown.format, read),
  }));
}

export function readAccountRead(context: RpcContext, config: RpcConfig): Commitment {
  const commitment = readCommitment(config);
  assertContextSlot(context, config, commitment);
  return commitment;
}

/** Methods that read accounts at a commitment. */
export const accountMethods: RpcMethods = {
  getBalance(context, { params }) {
    const address = readAddress(params[0]);
    const commitment = readAccountRead(context, readConfig(params[1]));
    const lamports = context.view.account(address, commitment)?.lamports ?? 0;
    return atCommitment(context, commitment, lamports);
  },
  getAccountInfo(context, { params }) {
    const address = readAddress(params[0]);
    const config = readConfig(params[1]);
    const commitment = readAccountRead(context, config);
    const format = readAccountFormat(config, 'binary');
    return atCommitment(context, commitment, showAccount(context, address, { commitment, format }));
  },
  getMultipleAccounts(context, { params }) {
    const addresses = readArray(params[0], 'the keys', accountsPerCallMax).map(readAddress);
    const config = readConfig(params[1]);
    const commitment = readAccountRead(context, config);
    const format = readAccountFormat(config, 'base64');
    const shown = addresses.map((key) => showAccount(context, key, { commitment, format }));
    return atCommitment(context, commitment, shown);
  },
  getProgramAccounts(context, { params }) {
    const program = readAddress(params[0]);
    const config = readConfig(params[1]);
    const commitment = readAccountRead(context, config);
    const format = readAccountFormat(config, 'binary');
    const filters = readAccountFilters(config['filters']);
    const accounts = context.view
      .programAccounts(program, commitment)
      .filter((account) => matchesFilters(account, filters));
    const shown = showAccounts(context, accounts, { commitment, format });
    return config['withContext'] === true ? atCommitment(context, commitment, shown) : shown;
  },
};
