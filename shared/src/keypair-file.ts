import { generateKeyPairSync } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isNotFound } from './file-error.ts';
import { type WalletKey, walletKeyFromSecret } from './wallet-key.ts';

/** A wallet file that must not be used; the message names the file and the fix. */
export class KeypairFileError extends Error {
  override readonly name = 'KeypairFileError';
}

/** Longest file read: 64 numbers with commas and generous white space. */
const fileBytesMax = 4096;

/**
 * Reads a Solana CLI keypair file (JSON array of 64 bytes). Refuses files that others can read,
 * that belong to somebody else, and the all-zero placeholder of wallets.example.
 */
export async function loadKeypairFile(path: string): Promise<WalletKey> {
  return walletKeyFromSecret(await readKeypairSecret(path));
}

/** The 64 raw bytes behind `loadKeypairFile`, for the one place that must build a web3.js signer. */
export async function readKeypairSecret(path: string): Promise<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const info = await file.stat();
    const uid = process.getuid?.();
    if (uid !== undefined && info.uid !== uid) {
      throw new KeypairFileError(`${path} belongs to another user. Use a wallet file of your own.`);
    }
    if (uid !== undefined && (info.mode & 0o077) !== 0) {
      throw new KeypairFileError(`${path} can be read by others. Run: chmod 600 ${path}`);
    }
    if (info.size > fileBytesMax) throw new KeypairFileError(`${path} is not a keypair file.`);
    return parseKeypair(path, await file.readFile('utf8'));
  } finally {
    await file.close();
  }
}

function parseKeypair(path: string, text: string): Uint8Array {
  let numbers: unknown;
  try {
    numbers = JSON.parse(text);
  } catch {
    throw new KeypairFileError(`${path} is not JSON. A keypair file is an array of 64 numbers.`);
  }
  const isByte = (n: unknown) => typeof n === 'number' && Number.isInteger(n) && n >= 0 && n < 256;
  if (!Array.isArray(numbers) || numbers.length !== 64 || !numbers.every(isByte)) {
    throw new KeypairFileError(`${path} does not hold an array of 64 bytes.`);
  }
  const secret = Uint8Array.from(numbers as number[]);
  if (secret.every((byte) => byte === 0)) {
    throw new KeypairFileError(`${path} is the example file. Run: node3 wallet new ${path}`);
  }
  try {
    walletKeyFromSecret(secret);
  } catch (cause) {
    throw new KeypairFileError(`${path} holds a damaged key.`, { cause });
  }
  return secret;
}

/** Creates a new wallet file with mode 0600. Throws when the path exists: a key is never overwritten. */
export async function createKeypairFile(path: string): Promise<WalletKey> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const secret = newSecret();
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify([...secret])}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(dirname(path));
  return walletKeyFromSecret(secret);
}

/** A new file survives a power cut only with its folder's entry: money may come to this key at once. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function newSecret(): Uint8Array {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  const publicBytes = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return Uint8Array.from([...seed, ...publicBytes]);
}

/** Loads the wallet, or creates it on first use. */
export async function ensureKeypairFile(path: string): Promise<WalletKey> {
  try {
    await stat(path);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return createKeypairFile(path);
  }
  return loadKeypairFile(path);
}
