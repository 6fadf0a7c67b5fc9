import { expect, it } from 'vitest';
import { encodeBase58 } from './base58.ts';

it('writes bytes as Solana does', () => {
  const known = [0x00, 0x00, 0x28, 0x7f, 0xb4, 0xcd];
  expect(encodeBase58(Uint8Array.from(known))).toBe('11233QC4');
  expect(encodeBase58(new Uint8Array(32))).toBe('1'.repeat(32));
  expect(encodeBase58(new Uint8Array())).toBe('');
});
