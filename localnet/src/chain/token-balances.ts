import type { StoredAccount } from './stored-account.ts';
import { decodeMint, decodeTokenAccount, tokenAmount } from './token-layout.ts';
import type { TokenBalance } from './transaction-record.ts';

/** The token accounts among a transaction's accounts, as `preTokenBalances` shows them. */
export function tokenBalancesOf(
  keys: readonly string[],
  readAccount: (address: string) => StoredAccount | null,
): TokenBalance[] {
  return keys.flatMap((key, accountIndex) => {
    const account = readAccount(key);
    const token = decodeTokenAccount(account);
    if (account === null || token === null) return [];
    const mint = decodeMint(readAccount(token.mint));
    if (mint === null) return [];
    const uiTokenAmount = tokenAmount(token.amount, mint.decimals);
    const { owner } = token;
    return [{ accountIndex, mint: token.mint, owner, programId: account.owner, uiTokenAmount }];
  });
}
