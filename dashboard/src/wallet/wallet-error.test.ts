import { expect, it } from 'vitest';
import { toWalletError, WalletError } from './wallet-error.ts';

it('tells an owner who said no from a wallet that failed', () => {
  const trouble = (cause: unknown) => toWalletError(cause).trouble;
  expect(trouble(new Error('User rejected the request.'))).toBe('refused');
  expect(trouble({ code: 4001, message: 'x' })).toBe('refused');
  expect(trouble(new Error('Transaction cancelled'))).toBe('refused');
  expect(trouble(new Error('Internal JSON-RPC error'))).toBe('failed');
  expect(trouble(undefined)).toBe('failed');
  expect(trouble(new WalletError('otherAccount', 'abc'))).toBe('otherAccount');
});

it('keeps what the wallet says, and no more than a sentence of it', () => {
  expect(toWalletError(new Error('Ledger is locked')).detail).toBe('Ledger is locked');
  expect(toWalletError(new Error('x'.repeat(9_999))).detail).toHaveLength(300);
});
