import type { ErrorDefinition } from './error-codes.ts';

/** What is answered because the operator holds something back, or looks for an account. */
export const operatorErrorCodes = {
  ACCOUNT_NOT_FOUND: {
    status: 404,
    title: 'There is no such account',
    fix: 'Search for it by its wallet or its name.',
    retry: 'never',
  },
  ACCOUNT_SUSPENDED: {
    status: 403,
    title: 'The account is suspended',
    fix: 'Jobs that run go on and money can be withdrawn. Ask the operator about the reason.',
    retry: 'never',
  },
  MARKET_READ_ONLY: {
    status: 503,
    title: 'The marketplace takes no new work at present',
    fix: 'Try again later. What runs goes on, and money can be deposited and withdrawn.',
    retry: 'later',
  },
} as const satisfies Record<string, ErrorDefinition>;
