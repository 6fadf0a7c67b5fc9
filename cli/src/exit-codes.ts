import type { ErrorCode } from '@node3/shared/error-codes';

/** Every exit code of the command. `node3 help exit-codes` prints this table. */
export const exitCodes = {
  ok: { code: 0, meaning: 'done; also an empty list' },
  failure: { code: 1, meaning: 'something failed that has no code of its own' },
  usage: { code: 2, meaning: 'wrong command, option or value' },
  auth: { code: 4, meaning: 'no key, a wrong key, or a key that may not do that' },
  notFound: { code: 6, meaning: 'there is no such job, payout or deposit' },
  funds: { code: 7, meaning: 'the balance does not cover this' },
  noMatch: { code: 8, meaning: 'nothing matches, or there is no room for it now' },
  conflict: { code: 9, meaning: 'the state of the thing does not allow this' },
  unreachable: { code: 10, meaning: 'the marketplace or the chain does not answer' },
  runTimeout: { code: 124, meaning: 'node3 run: the job ran into its time limit, as timeout(1)' },
  runError: { code: 125, meaning: 'node3 run: our own error, or no exit code, as docker run' },
  interrupted: { code: 130, meaning: 'ended by Ctrl-C' },
  brokenPipe: { code: 141, meaning: 'the reader of our output went away' },
  terminated: { code: 143, meaning: 'ended by SIGTERM' },
} as const satisfies Record<string, { code: number; meaning: string }>;

export type ExitName = keyof typeof exitCodes;

const exitByErrorCode = {
  REQUEST_MALFORMED: 'usage',
  REQUEST_INVALID: 'usage',
  REQUEST_TOO_LARGE: 'usage',
  CONTENT_TYPE_UNSUPPORTED: 'failure',
  ROUTE_NOT_FOUND: 'failure',
  AMOUNT_INVALID: 'usage',
  AUTH_REQUIRED: 'auth',
  AUTH_INVALID: 'auth',
  AUTH_FORBIDDEN: 'auth',
  CHALLENGE_INVALID: 'auth',
  SIGNATURE_INVALID: 'auth',
  WALLET_INVALID: 'usage',
  AGENT_DISABLED: 'auth',
  AGENT_NOT_FOUND: 'notFound',
  AGENT_SUPERSEDED: 'conflict',
  JOB_NOT_FOUND: 'notFound',
  JOB_STATE_INVALID: 'conflict',
  JOB_UNSATISFIABLE: 'noMatch',
  JOB_QUEUE_FULL: 'noMatch',
  EXECUTION_NOT_FOUND: 'notFound',
  LEASE_STALE: 'conflict',
  RESULT_CONFLICT: 'conflict',
  IDEMPOTENCY_MISMATCH: 'conflict',
  PAYMENT_REQUIRED: 'funds',
  PAYMENT_PENDING: 'unreachable',
  PAYMENT_CONFLICT: 'conflict',
  PAYMENT_UNAVAILABLE: 'unreachable',
  QUOTE_EXPIRED: 'conflict',
  QUOTE_MISMATCH: 'conflict',
  QUOTE_USED: 'conflict',
  FUNDS_INSUFFICIENT: 'funds',
  DEPOSIT_NOT_FOUND: 'notFound',
  DEPOSIT_INVALID: 'failure',
  DEPOSIT_CLAIMED: 'conflict',
  PAYOUT_NOT_FOUND: 'notFound',
  PAYOUT_STATE_INVALID: 'conflict',
  DEPOSIT_STATE_INVALID: 'conflict',
  DEPOSIT_INTENT_NOT_FOUND: 'notFound',
  FAUCET_UNAVAILABLE: 'failure',
  RATE_LIMITED: 'noMatch',
  CHAIN_UNAVAILABLE: 'unreachable',
  MARKETPLACE_UNREACHABLE: 'unreachable',
  STORE_UNAVAILABLE: 'unreachable',
  SERVICE_MISCONFIGURED: 'unreachable',
  SERVICE_STOPPING: 'unreachable',
  INTERNAL: 'failure',
} as const satisfies Record<ErrorCode, ExitName>;

export function exitCodeOf(code: ErrorCode): number {
  return exitCodes[exitByErrorCode[code]].code;
}
