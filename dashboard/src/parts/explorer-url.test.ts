import { expect, it } from 'vitest';
import { addressUrl, isWebAddress } from './explorer-url.ts';

it('leads to the explorer of the cluster, and nowhere on a local chain', () => {
  expect(addressUrl('mainnet-beta', 'abc')).toBe('https://explorer.solana.com/address/abc');
  expect(addressUrl('devnet', 'a/b')).toBe(
    'https://explorer.solana.com/address/a%2Fb?cluster=devnet',
  );
  expect(addressUrl('localnet', 'abc')).toBeNull();
  expect(addressUrl(null, 'abc')).toBeNull();
});

it('follows no link but one of the web', () => {
  expect(isWebAddress('https://explorer.example/tx/1')).toBe(true);
  expect(isWebAddress('javascript:alert(1)')).toBe(false);
  expect(isWebAddress('//explorer.example')).toBe(false);
});
