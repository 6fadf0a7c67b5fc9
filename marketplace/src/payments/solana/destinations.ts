import type { PayoutReason } from '@node3/shared/payout-reasons';
import { AccountLayout, AccountState, TOKEN_PROGRAM_ID } from '@solana/spl-token';
import { SystemProgram } from '@solana/web3.js';
import type { ChainAccount } from './chain-reads.ts';

/** What the chain says of a wallet that is to be paid in SOL. */
export type SolDestination =
  | { state: 'usable'; lamports: bigint }
  | { state: 'unusable'; reason: PayoutReason };

/** What the chain says of a wallet's USDC account. */
export type UsdcDestination =
  | { state: 'usable'; amount: bigint }
  | { state: 'missing' }
  | { state: 'unusable'; reason: PayoutReason };

const systemProgram = SystemProgram.programId.toBase58();
const tokenProgram = TOKEN_PROGRAM_ID.toBase58();

export function readSolDestination(account: ChainAccount | null): SolDestination {
  if (account === null) return { state: 'usable', lamports: 0n };
  if (account.executable) return { state: 'unusable', reason: 'wallet_is_a_program' };
  if (account.owner !== systemProgram) {
    return { state: 'unusable', reason: 'wallet_owned_by_a_program' };
  }
  return { state: 'usable', lamports: account.lamports };
}

/** A token account's owner can be changed, so its address alone proves nothing. */
export function readUsdcDestination(
  account: ChainAccount | null,
  wallet: string,
  usdcMint: string,
): UsdcDestination {
  // Lamports sent to an address that has no account yet leave an empty system account there.
  if (account === null || (account.owner === systemProgram && account.data.length === 0)) {
    return { state: 'missing' };
  }
  if (account.owner !== tokenProgram || account.data.length !== AccountLayout.span) {
    return { state: 'unusable', reason: 'token_account_unknown' };
  }
  const token = AccountLayout.decode(account.data);
  if (token.mint.toBase58() !== usdcMint) {
    return { state: 'unusable', reason: 'token_account_other_mint' };
  }
  if (token.owner.toBase58() !== wallet) {
    return { state: 'unusable', reason: 'token_account_owner_changed' };
  }
  if (token.state === AccountState.Frozen) {
    return { state: 'unusable', reason: 'token_account_frozen' };
  }
  if (token.state !== AccountState.Initialized) return { state: 'missing' };
  return { state: 'usable', amount: token.amount };
}
