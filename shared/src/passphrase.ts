import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ConfigError, type Env, readOptionalText } from './env.ts';
import { isNotFound } from './file-error.ts';
import { KeypairFileError } from './keypair-file-error.ts';

/** Asked for the passphrase of a wallet file, once, when that file is encrypted. The answer is erased. */
export type AskPassphrase = (walletPath: string) => Promise<Buffer>;

/** Where a service finds the passphrase of its wallet. */
export interface PassphraseSource {
  /** The variable that names the file, for messages. */
  variable: string;
  /** null when the variable is not set. */
  path: string | null;
  /** A folder of systemd's, whose files belong to root and are shown to this service alone. */
  credentialsDir: string | null;
}

/** For wallets that are never encrypted, such as those of a test network. */
export const refuseEncrypted: AskPassphrase = async (walletPath) => {
  throw new KeypairFileError(`${walletPath} is encrypted, which can't be used here.`);
};

const passphraseBytesMax = 1024;

/**
 * Reads where the passphrase is. The passphrase itself is refused as a variable: every program of
 * this user could read it there.
 */
export function readPassphraseSource(env: Env, variable: string): PassphraseSource {
  const plain = variable.replace(/_FILE$/, '');
  if (readOptionalText(env, plain) !== null) {
    const fix = `Put it into a file with mode 0600 and name that file in ${variable}.`;
    throw new ConfigError(plain, 'holds a passphrase, which others could read there', fix);
  }
  return {
    variable,
    path: readOptionalText(env, variable),
    credentialsDir: readOptionalText(env, 'CREDENTIALS_DIRECTORY'),
  };
}

/** Takes the passphrase from the source's file: its content without the line break at the end. */
export function passphraseFrom(source: PassphraseSource): AskPassphrase {
  return async (walletPath) => {
    const { variable, path } = source;
    if (path === null) {
      throw new KeypairFileError(
        `${walletPath} is encrypted. Put its passphrase into a file with mode 0600 and name that file in ${variable}.`,
      );
    }
    try {
      return await readPassphraseFile(path, source);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      throw new KeypairFileError(`${variable} names ${path}, which does not exist.`);
    }
  };
}

async function readPassphraseFile(path: string, source: PassphraseSource): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    await assertPrivate(file, path, source);
    const content = Buffer.alloc(passphraseBytesMax + 2);
    const { bytesRead } = await file.read(content, 0, content.length, 0);
    const passphrase = Buffer.from(withoutLineBreak(content.subarray(0, bytesRead)));
    content.fill(0);
    if (passphrase.length === 0 || passphrase.length > passphraseBytesMax) {
      throw new KeypairFileError(
        `${path} must hold a passphrase of 1 to ${passphraseBytesMax} bytes.`,
      );
    }
    return passphrase;
  } finally {
    await file.close();
  }
}

/** systemd gives a credential to root and grants the service by an access list, seen as group bits. */
async function assertPrivate(
  file: FileHandle,
  path: string,
  { credentialsDir }: PassphraseSource,
): Promise<void> {
  const { uid, mode } = await file.stat();
  const own = process.getuid?.();
  if (own === undefined) return;
  const isCredential =
    credentialsDir !== null && dirname(resolve(path)) === resolve(credentialsDir);
  if (uid !== own && !(isCredential && uid === 0)) {
    throw new KeypairFileError(`${path} belongs to another user. Use a file of your own.`);
  }
  if ((mode & (isCredential ? 0o027 : 0o077)) !== 0) {
    throw new KeypairFileError(`${path} can be read by others. Run: chmod 600 ${path}`);
  }
}

function withoutLineBreak(content: Buffer): Buffer {
  let end = content.length;
  if (end > 0 && content[end - 1] === 0x0a) end -= 1;
  if (end > 0 && content[end - 1] === 0x0d) end -= 1;
  return content.subarray(0, end);
}
