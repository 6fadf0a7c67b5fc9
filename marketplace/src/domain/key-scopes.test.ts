import { accountScopes } from '@node3/shared/key-scopes';
import { assert, constant, oneof, property, subarray } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areasOf, missingScope, operatorScopes, scopeBeyond } from './key-scopes.ts';

const someScopes = oneof(constant(null), subarray([...accountScopes], { minLength: 1 }));

describe('what a scope lets in', () => {
  it('is all of the account without any, and never what an operator does', () => {
    expect(missingScope(null, 'requester', 'changes')).toBeNull();
    expect(missingScope(null, 'provider', 'changes')).toBeNull();
    expect(missingScope(null, 'operator', 'reads')).toBe('operator');
    expect(missingScope(operatorScopes, 'operator', 'changes')).toBeNull();
  });

  it('is only what was named', () => {
    expect(missingScope(['provider'], 'requester', 'reads')).toBe('requester');
    expect(missingScope(['requester'], 'provider', 'reads')).toBe('provider');
    expect(missingScope(['provider'], 'account', 'changes')).toBeNull();
  });

  it('[12.13] is reading alone for read-only', () => {
    expect(missingScope(['read-only'], 'requester', 'reads')).toBeNull();
    expect(missingScope(['read-only'], 'requester', 'changes')).toBe('requester');
    expect(missingScope(['operator', 'read-only'], 'operator', 'reads')).toBeNull();
    expect(missingScope(['operator', 'read-only'], 'operator', 'changes')).toBe('operator');
    expect(missingScope(['read-only'], 'operator', 'reads')).toBe('operator');
  });
});

describe('what a key may give on', () => {
  it('never lets the other do what it may not', () => {
    assert(
      property(someScopes, someScopes, (given, wanted) => {
        if (scopeBeyond(wanted, given) !== null) return;
        for (const needed of ['requester', 'provider', 'operator', 'account'] as const) {
          for (const request of ['reads', 'changes'] as const) {
            if (missingScope(wanted, needed, request) !== null) continue;
            expect(missingScope(given, needed, request)).toBeNull();
          }
        }
      }),
    );
  });

  it('is all of its own, and less', () => {
    expect(scopeBeyond(null, null)).toBeNull();
    expect(scopeBeyond(['requester', 'read-only'], ['requester'])).toBeNull();
    expect(scopeBeyond(null, ['requester'])).toBe('provider');
    expect(scopeBeyond(['operator'], null)).toBe('operator');
    expect(scopeBeyond(['requester'], ['read-only'])).toBe('requester');
    expect(areasOf(['read-only'])).toEqual(['requester', 'provider']);
  });
});
