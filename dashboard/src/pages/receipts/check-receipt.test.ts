import { canonicalJson } from '@node3/shared/canonical-json';
import type { Receipt, SignedReceipt } from '@node3/shared/routes/receipts';
import { expect, it } from 'vitest';
import { encodeBase58 } from '../../wallet/base58.ts';
import { checkReceipt } from './check-receipt.ts';
import { decodeBase58 } from './decode-base58.ts';

const receipt = { version: 1, jobId: 'job_1', charged: { amount: '1', asset: 'SOL' } };

/** As the marketplace signs; the browser test checks one that it really signed. */
async function signedReceipt(): Promise<SignedReceipt> {
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  const publicBytes = await crypto.subtle.exportKey('raw', pair.publicKey);
  const text = new TextEncoder().encode(`node3 receipt v1\n${canonicalJson(receipt)}`);
  const signature = await crypto.subtle.sign('Ed25519', pair.privateKey, text);
  return {
    receipt: receipt as unknown as Receipt,
    algorithm: 'Ed25519',
    key: encodeBase58(new Uint8Array(publicBytes)),
    signature: encodeBase58(new Uint8Array(signature)),
  };
}

it('finds a receipt genuine that was signed with the published key, and no other', async () => {
  const signed = await signedReceipt();
  expect(await checkReceipt(signed, signed.key)).toBe('genuine');
  expect(await checkReceipt(signed, (await signedReceipt()).key)).toBe('otherKey');
  const dearer = { ...signed.receipt, charged: { amount: '2', asset: 'SOL' as const } };
  expect(await checkReceipt({ ...signed, receipt: dearer }, signed.key)).toBe('changed');
});

it('reads what it writes in base58', () => {
  for (const bytes of [Uint8Array.of(0, 0, 7, 255), new Uint8Array(32), Uint8Array.of(1)]) {
    expect(decodeBase58(encodeBase58(bytes))).toEqual(bytes);
  }
  expect(() => decodeBase58('0')).toThrow(RangeError);
});
