import bs58 from 'bs58';
import { receiptBytes } from './receipt-bytes.ts';
import type { Receipt, SignedReceipt } from './routes/receipts.ts';
import { verifySignature, type WalletKey } from './wallet-key.ts';

/** The key must be for receipts alone: a wallet must never sign text that others have a part in. */
export async function signReceipt(key: WalletKey, receipt: Receipt): Promise<SignedReceipt> {
  const signature = bs58.encode(await key.sign(receiptBytes(receipt)));
  return { receipt, algorithm: 'Ed25519', key: key.address, signature };
}

/** Whether exactly this receipt was signed by the key it names. Whose key that is, it can't say. */
export function verifyReceipt({ receipt, key, signature }: SignedReceipt): boolean {
  return verifySignature(key, receiptBytes(receipt), signature);
}
