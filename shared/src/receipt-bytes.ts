import { canonicalJson } from './canonical-json.ts';

/** In front of what is signed, so that the signature of a receipt can be of nothing else. */
const prefix = 'node3 receipt v1\n';

/** What the signature of a receipt is over: its canonical JSON, UTF-8. */
export function receiptBytes(receipt: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(prefix + canonicalJson(receipt));
}
