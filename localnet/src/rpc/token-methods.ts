import type { Commitment } from '../chain/commitment.ts';
import { tokenPrograms } from '../chain/program-address.ts';
import type { AddressedAccount } from '../chain/stored-account.ts';
import {
  decodeMint,
  decodeTokenAccount,
  type TokenAccount,
  tokenAmount,
} from '../chain/token-layout.ts';
import { readAccountRead, showAccounts } from './account-methods.ts';
import { atCommitment } from './context-slot.ts';
import { readAccountFormat } from './encode-account.ts';
import { readAddress, readConfig } from './params.ts';
import { invalidParams } from './rpc-error.ts';
import type { RpcCall, RpcContext, RpcMethods } from './rpc-handler.ts';

/** Methods that understand SPL Token accounts. */
export const tokenMethods: RpcMethods = {
  getTokenAccountBalance(context, { params }) {
    const address = readAddress(params[0]);
    const commitment = readAccountRead(context, readConfig(params[1]));
    const account = context.view.account(address, commitment);
    if (account === null) throw invalidParams('Invalid param: could not find account');
    const token = decodeTokenAccount(account);
    if (token === null) throw invalidParams('Invalid param: not a Token account');
    const decimals = readDecimals(context, token.mint, commitment);
    return atCommitment(context, commitment, tokenAmount(token.amount, decimals));
  },
  getTokenSupply(context, { params }) {
    const address = readAddress(params[0]);
    const commitment = readAccountRead(context, readConfig(params[1]));
    const account = context.view.account(address, commitment);
    if (account === null) throw invalidParams('Invalid param: could not find account');
    const mint = decodeMint(account);
    if (mint === null) throw invalidParams('Invalid param: not a Token mint');
    return atCommitment(context, commitment, tokenAmount(mint.supply, mint.decimals));
  },
  getTokenAccountsByOwner: (context, call) =>
    listTokenAccounts(context, call, (token, owner) => token.owner === owner),
  getTokenAccountsByDelegate: (context, call) =>
    listTokenAccounts(context, call, (token, delegate) => token.delegate === delegate),
};

function readDecimals(context: RpcContext, mint: string, commitment: Commitment): number {
  const decoded = decodeMint(context.view.account(mint, commitment));
  if (decoded === null) throw invalidParams('Invalid param: could not find mint');
  return decoded.decimals;
}

function listTokenAccounts(
  context: RpcContext,
  { params }: RpcCall,
  belongs: (token: TokenAccount, address: string) => boolean,
) {
  const address = readAddress(params[0]);
  const config = readConfig(params[2]);
  const commitment = readAccountRead(context, config);
  const format = readAccountFormat(config, 'binary');
  const { programs, mint } = readScope(context, params[1], commitment);
  const accounts = programs
    .flatMap((program): AddressedAccount[] => context.view.programAccounts(program, commitment))
    .filter((account) => {
      const token = decodeTokenAccount(account);
      return token !== null && belongs(token, address) && (mint === null || token.mint === mint);
    });
  return atCommitment(context, commitment, showAccounts(context, accounts, { commitment, format }));
}

/** Either one mint, of whichever token program owns it, or everything of one token program. */
function readScope(context: RpcContext, value: unknown, commitment: Commitment) {
  const filter = readConfig(value);
  if (filter['mint'] !== undefined) {
    const mint = readAddress(filter['mint']);
    const account = context.view.account(mint, commitment);
    if (account === null) throw invalidParams('Invalid param: could not find mint');
    if (decodeMint(account) === null) throw invalidParams('Invalid param: not a Token mint');
    return { programs: [account.owner], mint };
  }
  const program = readAddress(filter['programId']);
  if (!tokenPrograms.has(program))
    throw invalidParams('Invalid param: unrecognized Token program id');
  return { programs: [program], mint: null };
}
