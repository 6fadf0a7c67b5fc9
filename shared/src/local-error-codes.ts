import type { ErrorDefinition } from './error-codes.ts';

/** What an agent answers on its own port, to the machine that it runs on. */
export const localErrorCodes = {
  AGENT_TOKEN_REQUIRED: {
    status: 401,
    title: 'This needs the token of the agent',
    fix: 'Open its page with "node3 agent dashboard"; programs send the token as "Authorization: Bearer".',
    retry: 'never',
  },
  POLICY_CHANGED: {
    status: 412,
    title: 'The policy has changed since it was read',
    fix: 'Read it again, and repeat the change where it is still wanted.',
    retry: 'never',
  },
} as const satisfies Record<string, ErrorDefinition>;
