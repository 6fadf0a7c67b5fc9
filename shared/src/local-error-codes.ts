import type { ErrorDefinition } from './error-codes.ts';

/** What an agent answers on its own port, to the machine that it runs on. */
export const localErrorCodes = {
  AGENT_TOKEN_REQUIRED: {
    status: 401,
    title: 'This needs the token of the agent',
    fix: 'Open its page with "node3 agent dashboard"; programs send the token as "Authorization: Bearer".',
    retry: 'never',
  },
} as const satisfies Record<string, ErrorDefinition>;
