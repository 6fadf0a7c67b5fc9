import type { ErrorDefinition } from './error-codes.ts';

/** Errors about payouts and transactions; part of `error-codes.ts`, which would be too long. */
export const payoutErrorCodes = {
  PAYOUT_NOT_FOUND: {
    status: 404,
    title: 'There is no such payout',
    fix: 'Check the id in the list of payouts.',
    retry: 'never',
  },
  PAYOUT_STATE_INVALID: {
    status: 409,
    title: 'The payout is in a state that does not allow this',
    fix: 'Read the payout; its state and reason say what happened.',
    retry: 'never',
  },
  PAYOUT_PROOF_PENDING: {
    status: 404,
    title: 'The transaction is not visible on chain, or not final yet',
    fix: 'Check the signature; a new transaction needs half a minute, then ask again.',
    retry: 'later',
  },
  PAYOUT_PROOF_INVALID: {
    status: 422,
    title: 'The transaction does not prove that these payouts were paid',
    fix: 'Look the transaction up in an explorer and name the payouts that it paid, all of each wallet.',
    retry: 'never',
  },
  WALLET_FUNDS_INSUFFICIENT: {
    status: 402,
    title: 'The wallet does not hold enough',
    fix: 'Send the missing amount to the wallet, or enter a smaller one.',
    retry: 'later',
  },
  TRANSACTION_FOREIGN: {
    status: 422,
    title: 'The transaction is not the one that was built here',
    fix: 'Ask for the transaction again and sign it as it is.',
    retry: 'never',
  },
  TRANSACTION_EXPIRED: {
    status: 409,
    title: 'The transaction was signed too late for the cluster to take it',
    fix: 'Ask for the transaction again and sign that one; this one can never be paid any more.',
    retry: 'never',
  },
} as const satisfies Record<string, ErrorDefinition>;
