import bs58 from 'bs58';
import { receiptBytes } from './receipt-bytes.ts';
import type { SignedReceipt } from './routes/receipts.ts';

/**
 * What can be said of a receipt with the key that its marketplace publishes. `unable`: this browser has
 * no Ed25519, or shows no page of HTTPS.
 */
export type ReceiptCheck = 'genuine' | 'another_key' | 'changed' | 'unable';

/** The part of Web Crypto that is needed, as browsers and Node have it. */
interface Verifier<Key> {
  importKey: (
    format: 'raw',
    key: Uint8Array<ArrayBuffer>,
    algorithm: 'Ed25519',
    extractable: boolean,
    usages: 'verify'[],
  ) => Promise<Key>;
  verify: (
    algorithm: 'Ed25519',
    key: Key,
    signature: Uint8Array<ArrayBuffer>,
    data: Uint8Array<ArrayBuffer>,
  ) => Promise<boolean>;
}

/** `verifyReceipt` for browsers, which have Web Crypto only. Never throws for a bad signature. */
export async function checkReceipt<Key>(
  { receipt, key, signature }: SignedReceipt,
  publishedKey: string,
  subtle: Verifier<Key> | undefined,
): Promise<ReceiptCheck> {
  if (key !== publishedKey) return 'another_key';
  if (subtle === undefined) return 'unable';
  let publicKey: Key;
  try {
    publicKey = await subtle.importKey('raw', bytesOf(key), 'Ed25519', false, ['verify']);
  } catch {
    return 'unable';
  }
  try {
    const isGenuine = await subtle.verify(
      'Ed25519',
      publicKey,
      bytesOf(signature),
      receiptBytes(receipt),
    );
    return isGenuine ? 'genuine' : 'changed';
  } catch {
    return 'changed';
  }
}

function bytesOf(base58: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bs58.decode(base58));
}
