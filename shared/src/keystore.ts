import {
  createCipheriv,
  createDecipheriv,
  randomBytes,
  type ScryptOptions,
  scrypt,
} from 'node:crypto';
import { promisify } from 'node:util';
import { walletKeyFromSecret } from './wallet-key.ts';

/**
 * An encrypted wallet, version 1: scrypt makes a key of the passphrase, AES-256-GCM seals the 64
 * secret bytes with it. Binary fields are base64. Version and public key are authenticated, so a
 * sealed secret can't be shown under another address.
 */
export interface Keystore {
  v: 1;
  /** Base58 address, readable without the passphrase. */
  pubkey: string;
  kdf: 'scrypt';
  n: number;
  r: number;
  p: number;
  salt: string;
  cipher: 'aes-256-gcm';
  iv: string;
  tag: string;
  ct: string;
}

/** The text is not a keystore that may be opened, or the passphrase is not the one of it. */
export class KeystoreError extends Error {
  override readonly name = 'KeystoreError';
}

/** 128 MiB and about half a second for one guess, on one core of 2026. */
const costDefault = { n: 131_072, r: 8, p: 1 };
/**
 * What a file may ask of us: at most 256 MiB and eight times the default's time, so that a hostile
 * one can't take the machine's memory.
 */
const costBounds = { nMin: 16_384, nMax: 262_144, r: 8, pMax: 4 };

const bytesOf = { salt: 32, iv: 12, tag: 16, ct: 64, key: 32 };
const fields = ['v', 'pubkey', 'kdf', 'n', 'r', 'p', 'salt', 'cipher', 'iv', 'tag', 'ct'];

/** Seals the 64 secret bytes of a Solana key. The passphrase stays the caller's to erase. */
export async function sealSecret(
  secret: Uint8Array,
  passphrase: Uint8Array,
  cost: { n: number; r: number; p: number } = costDefault,
): Promise<Keystore> {
  const pubkey = walletKeyFromSecret(secret).address;
  const salt = randomBytes(bytesOf.salt);
  const iv = randomBytes(bytesOf.iv);
  const key = await deriveKey(passphrase, salt, cost);
  try {
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    cipher.setAAD(boundData(1, pubkey));
    const ct = Buffer.concat([cipher.update(secret), cipher.final()]);
    return {
      v: 1,
      pubkey,
      kdf: 'scrypt',
      n: cost.n,
      r: cost.r,
      p: cost.p,
      salt: salt.toString('base64'),
      cipher: 'aes-256-gcm',
      iv: iv.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
      ct: ct.toString('base64'),
    };
  } finally {
    key.fill(0);
  }
}

/** Opens a keystore. @returns the 64 secret bytes, to be erased after use. Throws KeystoreError. */
export async function openSecret(keystore: Keystore, passphrase: Uint8Array): Promise<Buffer> {
  const binary = (name: 'salt' | 'iv' | 'tag' | 'ct') => Buffer.from(keystore[name], 'base64');
  const key = await deriveKey(passphrase, binary('salt'), keystore);
  const secret = Buffer.alloc(bytesOf.ct);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, binary('iv'), {
      authTagLength: bytesOf.tag,
    });
    decipher.setAAD(boundData(keystore.v, keystore.pubkey));
    decipher.setAuthTag(binary('tag'));
    secret.set(decipher.update(binary('ct')));
    decipher.final();
    if (walletKeyFromSecret(secret).address !== keystore.pubkey) throw new Error('another key');
    return secret;
  } catch (cause) {
    secret.fill(0);
    throw new KeystoreError('the passphrase is wrong, or the file was changed', { cause });
  } finally {
    key.fill(0);
  }
}

/** Checks every field, so that nothing of a hostile file reaches the key derivation. */
export function parseKeystore(value: object): Keystore {
  const found = value as Record<string, unknown>;
  const unknown = Object.keys(found).find((name) => !fields.includes(name));
  if (unknown !== undefined) throw new KeystoreError(`it has the unknown field ${unknown}`);
  const { v, kdf, cipher, n, r, p, pubkey } = found;
  if (v !== 1) throw new KeystoreError('its version is not 1');
  if (kdf !== 'scrypt' || cipher !== 'aes-256-gcm') {
    throw new KeystoreError('it is not sealed with scrypt and aes-256-gcm');
  }
  if (!isCost(n, r, p)) throw new KeystoreError('its scrypt cost is outside of what is allowed');
  if (typeof pubkey !== 'string' || !/^[1-9A-HJ-NP-Za-km-z]{32,44}$/.test(pubkey)) {
    throw new KeystoreError('it names no address');
  }
  for (const name of ['salt', 'iv', 'tag', 'ct'] as const) {
    if (!isBase64Of(found[name], bytesOf[name])) throw new KeystoreError(`its ${name} is damaged`);
  }
  return value as Keystore;
}

function isCost(n: unknown, r: unknown, p: unknown): boolean {
  if (typeof n !== 'number' || typeof p !== 'number' || r !== costBounds.r) return false;
  const powerOfTwo = Number.isInteger(n) && Number.isInteger(Math.log2(n));
  const bounded = n >= costBounds.nMin && n <= costBounds.nMax;
  return powerOfTwo && bounded && Number.isInteger(p) && p >= 1 && p <= costBounds.pMax;
}

/** Only the one canonical spelling: otherwise a changed character could mean the same bytes. */
function isBase64Of(text: unknown, bytes: number): boolean {
  if (typeof text !== 'string') return false;
  const decoded = Buffer.from(text, 'base64');
  return decoded.length === bytes && decoded.toString('base64') === text;
}

function boundData(version: number, pubkey: string): Buffer {
  return Buffer.concat([Uint8Array.of(version), Buffer.from(pubkey, 'utf8')]);
}

const scryptAsync = promisify<Uint8Array, Uint8Array, number, ScryptOptions, Buffer>(scrypt);

function deriveKey(
  passphrase: Uint8Array,
  salt: Uint8Array,
  { n, r, p }: { n: number; r: number; p: number },
): Promise<Buffer> {
  // Node counts a little more than the table of 128·n·r bytes itself.
  const maxmem = 128 * n * r * 2;
  return scryptAsync(passphrase, salt, bytesOf.key, { N: n, r, p, maxmem });
}
