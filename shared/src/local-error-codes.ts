import type { ErrorDefinition } from './error-codes.ts';

/** What an agent answers on its own port, to the machine that it runs on. */
export const localErrorCodes = {
  AGENT_TOKEN_REQUIRED: {
    status: 401,
    title: 'This needs the token of the agent',
    fix: 'Open its page with "node3 agent dashboard"; programs send the token as "Authorization: Bearer".',
    retry: 'never',
  },
  AGENT_ORIGIN_REFUSED: {
    status: 403,
    title: 'The agent is not used from there',
    fix: 'Open its page with "node3 agent dashboard"; programs ask http://127.0.0.1 and its port.',
    retry: 'never',
  },
} as const satisfies Record<string, ErrorDefinition>;
