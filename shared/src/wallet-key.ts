import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import bs58 from 'bs58';
import { MarketError } from './error.ts';

/** A Solana wallet that can sign. The private key stays inside. */
export interface WalletKey {
  /** Base58 public key. */
  readonly address: string;
  /** Ed25519 over the bytes as they are; 64 bytes. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** ASN.1 headers that turn raw Ed25519 keys into what node:crypto reads (RFC 8410). */
const pkcs8Header = Buffer.from('302e020100300506032b657004220420', 'hex');
const spkiHeader = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Builds a key from Solana's 64-byte secret (seed, then public key).
 * Throws when the public half does not belong to the seed: a damaged or invented file.
 */
export function walletKeyFromSecret(secret: Uint8Array): WalletKey {
  if (secret.length !== 64) throw new Error('a Solana secret key has 64 bytes');
  const der = Buffer.concat([pkcs8Header, secret.subarray(0, 32)]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  // The key object has its own copy, outside of what this process can print.
  der.fill(0);
  const publicBytes = rawPublicKey(createPublicKey(privateKey));
  if (!publicBytes.equals(Buffer.from(secret.subarray(32)))) {
    throw new Error('the public half of the key does not match the secret half');
  }
  const address = bs58.encode(publicBytes);
  return { address, sign: async (message) => sign(null, message, privateKey) };
}

function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(spkiHeader.length);
}

/** Checks base58 of exactly 32 bytes. Throws WALLET_INVALID. */
export function decodeAddress(address: string): Uint8Array {
  try {
    const bytes = bs58.decode(address);
    if (bytes.length === 32) return bytes;
  } catch {
    // Not base58 at all: the same answer as a wrong length.
  }
  throw new MarketError('WALLET_INVALID', { wallet: address.slice(0, 64) });
}

/** Whether the wallet signed exactly these bytes. Never throws for a bad signature. */
export function verifySignature(address: string, message: Uint8Array, signature: string): boolean {
  const publicBytes = decodeAddress(address);
  try {
    const key = createPublicKey({
      key: Buffer.concat([spkiHeader, publicBytes]),
      format: 'der',
      type: 'spki',
    });
    return verify(null, message, key, bs58.decode(signature));
  } catch {
    return false;
  }
}
