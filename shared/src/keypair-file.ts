import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { isNotFound } from './file-error.ts';
import { KeypairFileError } from './keypair-file-error.ts';
import { type Keystore, KeystoreError, openSecret, parseKeystore } from './keystore.ts';
import { type AskPassphrase, refuseEncrypted } from './passphrase.ts';
import { type WalletKey, walletKeyFromSecret } from './wallet-key.ts';
import { createKeypairFile } from './write-keypair-file.ts';

/** Longest file read: 64 numbers with commas and generous white space, or a keystore. */
const fileBytesMax = 4096;

/**
 * Reads a wallet file: a Solana CLI keypair (JSON array of 64 bytes) or an encrypted keystore, for
 * which it asks. Refuses files that others can read, that belong to somebody else, that are links,
 * and the all-zero placeholder of wallets.example.
 */
export async function loadKeypairFile(
  path: string,
  ask: AskPassphrase = refuseEncrypted,
): Promise<WalletKey> {
  const secret = await readKeypairSecret(path, ask);
  const key = walletKeyFromSecret(secret);
  secret.fill(0);
  return key;
}

/** The 64 raw bytes behind `loadKeypairFile`, for the few who must have them. To be erased after use. */
export async function readKeypairSecret(
  path: string,
  ask: AskPassphrase = refuseEncrypted,
): Promise<Uint8Array> {
  const content = await readWalletFile(path);
  if (content.kind === 'plain') return content.secret;
  const passphrase = await ask(path);
  try {
    return await openSecret(content.keystore, passphrase);
  } catch (cause) {
    if (!(cause instanceof KeystoreError)) throw cause;
    throw new KeypairFileError(`${path} can't be opened: ${cause.message}.`, { cause });
  } finally {
    passphrase.fill(0);
  }
}

/** Whose wallet it is, without a passphrase. Of an encrypted file this is what the file claims. */
export async function readKeypairAddress(
  path: string,
): Promise<{ address: string; protection: 'plain' | 'encrypted' }> {
  const content = await readWalletFile(path);
  if (content.kind === 'encrypted') {
    return { address: content.keystore.pubkey, protection: 'encrypted' };
  }
  const { address } = walletKeyFromSecret(content.secret);
  content.secret.fill(0);
  return { address, protection: 'plain' };
}

/** Loads the wallet, or creates an unencrypted one on first use. */
export async function ensureKeypairFile(
  path: string,
  ask: AskPassphrase = refuseEncrypted,
): Promise<WalletKey> {
  try {
    await stat(path);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return createKeypairFile(path);
  }
  return loadKeypairFile(path, ask);
}

type WalletFile = { kind: 'plain'; secret: Uint8Array } | { kind: 'encrypted'; keystore: Keystore };

async function readWalletFile(path: string): Promise<WalletFile> {
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
    if (!info.isFile() || info.size > fileBytesMax) {
      throw new KeypairFileError(`${path} is not a wallet file.`);
    }
    const content = await file.readFile();
    try {
      return parseWalletFile(path, content);
    } finally {
      content.fill(0);
    }
  } finally {
    await file.close();
  }
}

function parseWalletFile(path: string, content: Buffer): WalletFile {
  const value = parseJson(path, content);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { kind: 'plain', secret: parseSecret(path, value) };
  }
  try {
    return { kind: 'encrypted', keystore: parseKeystore(value) };
  } catch (cause) {
    if (!(cause instanceof KeystoreError)) throw cause;
    throw new KeypairFileError(`${path} is no keystore that can be used: ${cause.message}.`, {
      cause,
    });
  }
}

function parseJson(path: string, content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    // The parser's own message quotes the text, which may be a secret in another format.
    throw new KeypairFileError(
      `${path} is not JSON. A keypair file is an array of 64 numbers; a base58 secret is not read.`,
    );
  }
}

function parseSecret(path: string, numbers: unknown): Uint8Array {
  const isByte = (n: unknown) => typeof n === 'number' && Number.isInteger(n) && n >= 0 && n < 256;
  if (!Array.isArray(numbers) || numbers.length !== 64 || !numbers.every(isByte)) {
    throw new KeypairFileError(`${path} does not hold an array of 64 bytes.`);
  }
  const secret = Uint8Array.from(numbers as number[]);
  numbers.fill(0);
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
