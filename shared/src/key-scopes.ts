/**
 * What a key may do. `read-only` narrows the others to reading; alone it reads all that its account
 * may. `agent` is the scope of agents' own keys, which they get when they register.
 */
export const keyScopes = ['requester', 'provider', 'agent', 'operator', 'read-only'] as const;
export type KeyScope = (typeof keyScopes)[number];

/** What a key of an account may be given. */
export const accountScopes = [
  'requester',
  'provider',
  'operator',
  'read-only',
] as const satisfies readonly KeyScope[];
export type AccountScope = (typeof accountScopes)[number];

/** What a route asks for. `account`: any key of an account will do. */
export type NeededScope = Exclude<KeyScope, 'read-only'> | 'account';
