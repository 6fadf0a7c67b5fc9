import { canonicalJson } from '@node3/shared/canonical-json';
import type { SignedReceipt } from '@node3/shared/routes/receipts';
import { decodeBase58 } from './decode-base58.ts';

export type ReceiptCheck = 'genuine' | 'otherKey' | 'changed' | 'unable';

/** In front of what is signed; see `shared/src/receipt-signature.ts`. */
const prefix = 'node3 receipt v1\n';

/**
 * Checks a receipt with what the browser itself has for Ed25519: nothing is asked of the marketplace but
 * the key that it publishes. `unable`: this browser has no Ed25519, or the page is not served safely.
 */
export async function checkReceipt(
  { receipt, key, signature }: SignedReceipt,
  publishedKey: string,
): Promise<ReceiptCheck> {
  if (key !== publishedKey) return 'otherKey';
  try {
    const publicKey = await crypto.subtle.importKey('raw', decodeBase58(key), 'Ed25519', false, [
      'verify',
    ]);
    const text = new TextEncoder().encode(prefix + canonicalJson(receipt));
    const bytes = decodeBase58(signature);
    const isGenuine = await crypto.subtle.verify('Ed25519', publicKey, bytes, text);
    return isGenuine ? 'genuine' : 'changed';
  } catch {
    return 'unable';
  }
}
