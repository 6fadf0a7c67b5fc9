import { generateKeyPairSync, webcrypto } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkReceipt } from './check-receipt.ts';
import { signReceipt } from './receipt-signature.ts';
import type { Receipt, SignedReceipt } from './routes/receipts.ts';
import { walletKeyFromSecret } from './wallet-key.ts';

const receipt = { version: 1, jobId: 'job_1', complete: true } as unknown as Receipt;
const { subtle } = webcrypto;
let signed: SignedReceipt;
const never = Promise.resolve(true);

function createTestWallet() {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { d = '', x = '' } = privateKey.export({ format: 'jwk' });
  const halves = [d, x].map((half) => Buffer.from(half, 'base64url'));
  return walletKeyFromSecret(Buffer.concat(halves));
}

beforeAll(async () => {
  signed = await signReceipt(createTestWallet(), receipt);
});

describe('checkReceipt', () => {
  it('knows a receipt of the published key, and one that was changed since', async () => {
    expect(await checkReceipt(signed, signed.key, subtle)).toBe('genuine');
    const changed = { ...signed, receipt: { ...receipt, complete: false } };
    expect(await checkReceipt(changed, signed.key, subtle)).toBe('changed');
    expect(await checkReceipt({ ...signed, signature: '1' }, signed.key, subtle)).toBe('changed');
  });

  it('tells another key, and when it can tell nothing', async () => {
    const other = createTestWallet().address;
    expect(await checkReceipt(signed, other, subtle)).toBe('another_key');
    expect(await checkReceipt(signed, signed.key, undefined)).toBe('unable');
    const old = { importKey: () => Promise.reject(new Error('no Ed25519')), verify: () => never };
    expect(await checkReceipt(signed, signed.key, old)).toBe('unable');
  });
});
