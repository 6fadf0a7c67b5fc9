import { fileErrorCodes } from './file-error-codes.ts';
import { flowErrorCodes } from './flow-error-codes.ts';
import { keptWorkErrorCodes } from './kept-work-error-codes.ts';
import { localErrorCodes } from './local-error-codes.ts';
import { noticeErrorCodes } from './notice-error-codes.ts';
import { operatorErrorCodes } from './operator-error-codes.ts';
import { payoutErrorCodes } from './payout-error-codes.ts';
import { providerErrorCodes } from './provider-error-codes.ts';
import { signInErrorCodes } from './sign-in-error-codes.ts';

/** When a caller may try the same request again. */
export type Retry = 'never' | 'later' | 'now';

export interface ErrorDefinition {
  status: number;
  title: string;
  /** What the caller can do about it, as one sentence. */
  fix: string;
  retry: Retry;
}

/** Every error the services answer with. `docs/reference/errors.md` is generated from this table. */
export const errorCodes = {
  ...localErrorCodes,
  ...noticeErrorCodes,
  ...signInErrorCodes,
  ...operatorErrorCodes,
  REQUEST_MALFORMED: {
    status: 400,
    title: 'The request could not be read',
    fix: 'Send valid JSON with content-type application/json.',
    retry: 'never',
  },
  REQUEST_INVALID: {
    status: 422,
    title: 'The request has fields that are wrong or unknown',
    fix: 'Correct the fields that are named; each one says what is expected.',
    retry: 'never',
  },
  REQUEST_TOO_LARGE: {
    status: 413,
    title: 'The request body is too large',
    fix: 'Send a smaller body; the limit stands in the detail.',
    retry: 'never',
  },
  CONTENT_TYPE_UNSUPPORTED: {
    status: 415,
    title: 'The content type is not supported',
    fix: 'Send application/json.',
    retry: 'never',
  },
  ROUTE_NOT_FOUND: {
    status: 404,
    title: 'There is nothing at this address',
    fix: 'Look up the endpoint in /docs.',
    retry: 'never',
  },
  RESOURCE_CHANGED: {
    status: 412,
    title: 'It has changed since it was read',
    fix: 'Read it again, and repeat the change with its new ETag where it is still wanted.',
    retry: 'never',
  },
  AMOUNT_INVALID: {
    status: 422,
    title: 'The amount of money is not valid',
    fix: 'Send a positive decimal string with no more digits than the asset has, such as "0.001".',
    retry: 'never',
  },
  AUTH_REQUIRED: {
    status: 401,
    title: 'An API key is needed',
    fix: 'Send the header "Authorization: Bearer <key>".',
    retry: 'never',
  },
  AUTH_INVALID: {
    status: 401,
    title: 'The API key is not valid',
    fix: 'Check the key for missing characters, or create a new one.',
    retry: 'never',
  },
  AUTH_FORBIDDEN: {
    status: 403,
    title: 'This key may not do that',
    fix: 'Use a key that may do this; the detail says why this one may not.',
    retry: 'never',
  },
  CHALLENGE_INVALID: {
    status: 401,
    title: 'The wallet challenge is unknown, used or expired',
    fix: 'Ask for a new challenge and sign it within five minutes; each one works once.',
    retry: 'never',
  },
  SIGNATURE_INVALID: {
    status: 401,
    title: 'The wallet signature does not match the challenge',
    fix: 'Sign the exact message text with the wallet named in the challenge.',
    retry: 'never',
  },
  WALLET_INVALID: {
    status: 422,
    title: 'The wallet address is not valid',
    fix: 'Send a base58 Solana address of 32 bytes.',
    retry: 'never',
  },
  WALLET_RESERVED: {
    status: 422,
    title: 'This wallet belongs to the marketplace itself',
    fix: 'Use a wallet of your own; create one with: node3 wallet new FILE',
    retry: 'never',
  },
  AGENT_DISABLED: {
    status: 403,
    title: 'This agent is disabled',
    fix: 'Ask the operator of the marketplace why, and to enable it.',
    retry: 'never',
  },
  AGENT_NOT_FOUND: {
    status: 404,
    title: 'There is no such agent',
    fix: 'Look in the list of agents which are there.',
    retry: 'never',
  },
  AGENT_SUPERSEDED: {
    status: 409,
    title: 'Another process runs with this agent identity',
    fix: 'Stop the older process, or give the second machine its own registration.',
    retry: 'never',
  },
  AGENT_STATE_INVALID: {
    status: 409,
    title: 'The state of the agent does not allow this',
    fix: 'Look at its state with node3 admin agent show; a disabled agent must be enabled first.',
    retry: 'never',
  },
  PROOF_NOT_OPEN: {
    status: 409,
    title: 'There is no proof of this device at this step',
    fix: 'Free the memory of the device; the next challenge comes with a heartbeat.',
    retry: 'never',
  },
  REGISTRATION_TOKEN_INVALID: {
    status: 403,
    title: 'The registration token is not valid',
    fix: 'Ask the operator for a new one: it works once, for a few minutes, perhaps for one name or wallet.',
    retry: 'never',
  },
  JOB_NOT_FOUND: {
    status: 404,
    title: 'There is no such job',
    fix: 'Check the id; you see only jobs of your own account.',
    retry: 'never',
  },
  JOB_STATE_INVALID: {
    status: 409,
    title: 'The job is in a state that does not allow this',
    fix: 'Read the job; its state and reason say what happened.',
    retry: 'never',
  },
  DEPENDENCY_UNMET: {
    status: 409,
    title: 'A job that this one needs has ended otherwise',
    fix: 'Post the needed job again and name the new one, or wait only for its end: "condition": "ended".',
    retry: 'never',
  },
  IMPORT_REFUSED: {
    status: 422,
    title: 'The document asks for what no job here can have',
    fix: 'Change what is named, each with its place in the document and a fix.',
    retry: 'never',
  },
  JOB_UNSATISFIABLE: {
    status: 422,
    title: 'No registered agent could ever run this job',
    fix: 'Relax the requirement named in the detail, or register a matching agent.',
    retry: 'later',
  },
  JOB_QUEUE_FULL: {
    status: 429,
    title: 'Too many unfinished jobs',
    fix: 'Wait until some of your jobs have ended.',
    retry: 'later',
  },
  RATING_EXISTS: {
    status: 409,
    title: 'The job has a rating already',
    fix: 'Nothing; a job is rated once, and its rating stays.',
    retry: 'never',
  },
  RESERVATION_NOT_FOUND: {
    status: 404,
    title: 'There is no such reservation',
    fix: 'List the reservations; one that is over is not among them.',
    retry: 'never',
  },
  RESERVATION_UNSATISFIABLE: {
    status: 422,
    title: 'Too few agents can be reserved for that time',
    fix: 'Reserve fewer agents, ask for less of them, or choose another time.',
    retry: 'later',
  },
  EXECUTION_NOT_FOUND: {
    status: 404,
    title: 'There is no such execution',
    fix: 'Check the id; an agent sees only its own executions.',
    retry: 'never',
  },
  LEASE_STALE: {
    status: 409,
    title: 'This execution no longer holds the job',
    fix: 'Stop the workload and drop the execution; nothing was changed.',
    retry: 'never',
  },
  RESULT_CONFLICT: {
    status: 409,
    title: 'A different result was already reported for this execution',
    fix: 'The first result stands; drop this one.',
    retry: 'never',
  },
  IDEMPOTENCY_MISMATCH: {
    status: 422,
    title: 'This idempotency key was used with another request',
    fix: 'Use a new key for a new request.',
    retry: 'never',
  },
  KEY_NOT_FOUND: {
    status: 404,
    title: 'There is no such API key',
    fix: 'Check the id; it is the part of the key between n3_ and the last underscore.',
    retry: 'never',
  },
  KEYS_TOO_MANY: {
    status: 409,
    title: 'There are too many API keys',
    fix: 'Revoke keys that nobody uses: node3 key list, node3 key revoke.',
    retry: 'never',
  },
  CAP_EXCEEDED: {
    status: 403,
    title: 'A spending cap does not allow this',
    fix: 'Lower the price, or raise the cap with the wallet of the account. A cap for one job never frees by itself.',
    retry: 'later',
  },
  LIMIT_REACHED: {
    status: 429,
    title: 'Your account has as many of these as it may have',
    fix: 'Use or change one you have; the limit stands in the context.',
    retry: 'never',
  },
  ...keptWorkErrorCodes,
  ...flowErrorCodes,
  ...providerErrorCodes,
  QUOTE_EXPIRED: {
    status: 410,
    title: 'The quote is not open any more',
    fix: 'Ask for a new quote and post the job with it.',
    retry: 'never',
  },
  QUOTE_MISMATCH: {
    status: 422,
    title: 'The quote is for another job',
    fix: 'Post exactly the spec that was quoted, or ask for a quote for this one.',
    retry: 'never',
  },
  QUOTE_USED: {
    status: 409,
    title: 'The quote was already used for a job',
    fix: 'Each quote is good for one job; ask for another one.',
    retry: 'never',
  },
  FUNDS_INSUFFICIENT: {
    status: 402,
    title: 'The balance does not cover this',
    fix: 'Deposit at least the missing amount and send the request again.',
    retry: 'later',
  },
  PAYMENT_REQUIRED: {
    status: 402,
    title: 'This request has to be paid',
    fix: 'Send it with an x402 client, which pays what the answer asks for; or use an account.',
    retry: 'later',
  },
  PAYMENT_PENDING: {
    status: 503,
    title: 'The payment is sent but not confirmed yet',
    fix: 'Send the same request with the same payment again in a moment; it is never paid twice.',
    retry: 'later',
  },
  PAYMENT_CONFLICT: {
    status: 409,
    title: 'This payment id was used with another payment',
    fix: 'Repeat the first payment exactly, or use a new payment id for a new one.',
    retry: 'never',
  },
  PAYMENT_UNAVAILABLE: {
    status: 503,
    title: 'Requests can not be paid by x402 at present',
    fix: 'Try again later, or post the job from an account.',
    retry: 'later',
  },
  DEPOSIT_NOT_FOUND: {
    status: 404,
    title: 'The deposit is not visible on chain yet',
    fix: 'Wait until the transaction is finalized and claim it again.',
    retry: 'later',
  },
  DEPOSIT_INVALID: {
    status: 422,
    title: 'The transaction is not a deposit to this marketplace from your wallet',
    fix: 'Send SOL or the listed USDC mint from your registered wallet to the deposit address.',
    retry: 'never',
  },
  DEPOSIT_CLAIMED: {
    status: 409,
    title: 'The deposit was already credited to another account',
    fix: 'Each transaction is credited once, to the account that claimed it first.',
    retry: 'never',
  },
  ...payoutErrorCodes,
  DEPOSIT_STATE_INVALID: {
    status: 409,
    title: 'The deposit is in a state that does not allow this',
    fix: 'List the deposits in suspense; only those can be assigned or paid back.',
    retry: 'never',
  },
  DEPOSIT_INTENT_NOT_FOUND: {
    status: 404,
    title: 'There is no such payment link',
    fix: 'Check the id; you see only links of your own account.',
    retry: 'never',
  },
  FAUCET_UNAVAILABLE: {
    status: 403,
    title: 'This cluster has no faucet',
    fix: 'Airdrops exist on localnet and devnet only; send funds to the wallet instead.',
    retry: 'never',
  },
  RATE_LIMITED: {
    status: 429,
    title: 'Too many requests',
    fix: 'Wait for the seconds in the retry-after header.',
    retry: 'later',
  },
  ...fileErrorCodes,
  CHAIN_UNAVAILABLE: {
    status: 503,
    title: 'The Solana cluster does not answer',
    fix: 'Try again in a moment; nothing was changed.',
    retry: 'later',
  },
  MARKETPLACE_UNREACHABLE: {
    status: 503,
    title: 'The marketplace cannot be reached',
    fix: 'Check the address and that the marketplace runs; then try again.',
    retry: 'later',
  },
  STORE_UNAVAILABLE: {
    status: 503,
    title: 'The database does not accept writes',
    fix: 'Try again in a moment; nothing is acknowledged until it is on disk.',
    retry: 'later',
  },
  SERVICE_MISCONFIGURED: {
    status: 503,
    title: 'The operator has to finish the configuration',
    fix: 'Ask the operator to set what the detail names.',
    retry: 'later',
  },
  BACKUP_RUNNING: {
    status: 409,
    title: 'Another backup is being taken',
    fix: 'Wait until it has been sent.',
    retry: 'later',
  },
  SERVICE_STOPPING: {
    status: 503,
    title: 'The service is stopping',
    fix: 'Try again in a few seconds.',
    retry: 'later',
  },
  INTERNAL: {
    status: 500,
    title: 'Something went wrong on our side',
    fix: 'Try again; if it goes on, report the request id.',
    retry: 'later',
  },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof errorCodes;
