import type { ErrorDefinition } from './error-codes.ts';

/** What goes wrong with providers; part of the one table of errors. */
export const providerErrorCodes = {
  PROVIDER_NOT_FOUND: {
    status: 404,
    title: 'There is no such provider',
    fix: 'Check its name or id; the list of providers has all there are.',
    retry: 'never',
  },
  PROVIDER_NAME_TAKEN: {
    status: 409,
    title: 'Another provider has this name',
    fix: 'Change that one, or give this one another name.',
    retry: 'never',
  },
  PROVIDER_IN_USE: {
    status: 409,
    title: 'Agents belong to this provider',
    fix: 'Assign them to another provider first; nobody can remove the built-in one.',
    retry: 'never',
  },
  PROVIDER_FULL: {
    status: 409,
    title: 'The provider has as many agents as it may have',
    fix: 'Unregister one of its agents, or raise its workersMax.',
    retry: 'later',
  },
} as const satisfies Record<string, ErrorDefinition>;
