import { describe, expect, it } from 'vitest';
import { isOperator, missingScope, type OwnAccount } from './viewer.ts';

describe('missingScope', () => {
  it.each([
    [['requester', 'provider'], 'requester', 'changes', null],
    [['provider'], 'requester', 'reads', 'requester'],
    [['requester', 'read-only'], 'requester', 'reads', null],
    [['requester', 'read-only'], 'requester', 'changes', 'requester'],
    [['provider'], 'account', 'changes', null],
    [['requester'], 'operator', 'reads', 'operator'],
  ] as const)('%o for %s that %s: %s', (scopes, needed, wants, missing) => {
    expect(missingScope(scopes, needed, wants)).toBe(missing);
  });
});

it('only whoever is signed in with that scope is an operator', () => {
  const account = {} as OwnAccount;
  const signedIn = { state: 'signedIn', by: 'key', account } as const;
  expect(isOperator({ ...signedIn, scopes: ['requester', 'operator'] })).toBe(true);
  expect(isOperator({ ...signedIn, scopes: ['requester'] })).toBe(false);
  expect(isOperator({ state: 'signedOut', ended: null })).toBe(false);
});
