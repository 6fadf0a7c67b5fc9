import bs58 from 'bs58';
import { canonicalJson } from './canonical-json.ts';
import type { Receipt, SignedReceipt } from './routes/receipts.ts';
import { verifySignature, type WalletKey } from './wallet-key.ts';

/** In front of what is signed, so that the signature of a receipt can be of nothing else. */
const prefix = 'node3 receipt v1\n';

function receiptBytes(receipt: unknown): Uint8Array {
  return new TextEncoder().encode(prefix + canonicalJson(receipt));
}

/** The key must be for receipts alone: a wallet must never sign text that others have a part in. */
export async function signReceipt(key: WalletKey, receipt: Receipt): Promise<SignedReceipt> {
  const signature = bs58.encode(await key.sign(receiptBytes(receipt)));
  return { receipt, algorithm: 'Ed25519', key: key.address, signature };
}

/** Whether exactly this receipt was signed by the key it names. Whose key that is, it can't say. */
export function verifyReceipt({ receipt, key, signature }: SignedReceipt): boolean {
  return verifySignature(key, receiptBytes(receipt), signature);
}
