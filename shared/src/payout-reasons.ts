/**
 * Why a payout is held or waits, with the words for it. Others, such as what a cluster says of a failed
 * transaction, are told as they are.
 */
export const payoutReasons = {
  above_payout_cap: 'It is more than one payout may be.',
  below_account_minimum:
    'It is too little to open a token account for; more of the same wallet is waited for.',
  below_rent: 'The wallet would be left with less than the cluster asks for; more is waited for.',
  destination_unknown: 'The cluster has not said what the wallet is.',
  next_batch: 'It leaves with the next transaction.',
  payout_cap_reached: 'The caps of the hour or the day are used up.',
  receipt_exists: 'A receipt is on chain already: it may be paid.',
  restored: 'The database was restored: the operator looks whether it was paid already.',
  token_account_frozen: 'The token account of the wallet is frozen.',
  token_account_other_mint: 'The token account of the wallet is for another token.',
  token_account_owner_changed: 'The token account of the wallet belongs to somebody else now.',
  token_account_refused: 'The token account of the wallet could not be opened.',
  token_account_unknown: 'The token account of the wallet can not be read.',
  token_account_unusable: 'The token account of the wallet takes nothing.',
  treasury_below_rent: 'The treasury would be left with less than its rent.',
  treasury_short_of_sol: 'The treasury has too little SOL.',
  treasury_short_of_usdc: 'The treasury has too little USDC.',
  usdc_account_missing: 'The wallet has no account for USDC.',
  wallet_is_a_program: 'The wallet is a program, which can not be paid.',
  wallet_owned_by_a_program: 'The wallet belongs to a program, which can not be paid.',
} as const;

export type PayoutReason = keyof typeof payoutReasons;

export function isPayoutReason(reason: string): reason is PayoutReason {
  return Object.hasOwn(payoutReasons, reason);
}
