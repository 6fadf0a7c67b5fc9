import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sealSecret } from './keystore.ts';
import { type WalletKey, walletKeyFromSecret } from './wallet-key.ts';

/** Creates a new wallet file with mode 0600. Throws when the path exists: a key is never overwritten. */
export async function createKeypairFile(path: string): Promise<WalletKey> {
  const secret = newSecret();
  try {
    await writeKeypairFile(path, plainText(secret), 'new');
    return walletKeyFromSecret(secret);
  } finally {
    secret.fill(0);
  }
}

/** The same, encrypted: the secret never touches the disk in the clear. */
export async function createEncryptedKeypairFile(
  path: string,
  passphrase: Uint8Array,
): Promise<WalletKey> {
  const secret = newSecret();
  try {
    await writeKeypairFile(path, await encryptedText(secret, passphrase), 'new');
    return walletKeyFromSecret(secret);
  } finally {
    secret.fill(0);
  }
}

/** The Solana CLI's format. */
export function plainText(secret: Uint8Array): string {
  return `${JSON.stringify([...secret])}\n`;
}

export async function encryptedText(secret: Uint8Array, passphrase: Uint8Array): Promise<string> {
  return `${JSON.stringify(await sealSecret(secret, passphrase))}\n`;
}

/**
 * Writes a wallet file in one move: whoever looks finds the old one or the whole new one, also
 * after a power cut. `new` fails with EEXIST when there is one.
 */
export async function writeKeypairFile(
  path: string,
  text: string,
  mode: 'new' | 'replace',
): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}.new`;
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
  const file = await open(draft, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, 0o600);
  try {
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    // Unlike a rename, a link never takes the place of a file that is there.
    if (mode === 'new') await link(draft, path);
    else await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(folder);
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

function newSecret(): Buffer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  const publicBytes = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const secret = Buffer.concat([der.subarray(-32), publicBytes]);
  der.fill(0);
  return secret;
}
