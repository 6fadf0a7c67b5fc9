import { createHmac } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '@node3/shared/env';
import { isNotFound } from '@node3/shared/file-error';
import type { Ids } from '@node3/shared/ids';
import type { Logger } from '@node3/shared/logger';
import type { writePrivateFile } from './secrets.ts';

/** 256 bits. */
const tokenBytes = 32;
const tokenPattern = /^[\w-]{40,128}$/;

/** Where the token of the agent's own API lies; whoever can read it may do everything there. */
export function localTokenPath(dataDir: string): string {
  return join(dataDir, 'local-token');
}

/** The address of the agent's page with the way in, in the part that no server sees or logs. */
export function dashboardLink(url: string, token: string): string {
  return `${url}/#token=${token}`;
}

/** Something that only who has the token can make, which tells nothing of the token. */
export function deriveFromToken(token: string, use: string): string {
  return createHmac('sha256', token).update(use).digest('base64url');
}

/** What an agent answers to a nonce; the port is in it, so that no other agent can answer for it. */
export function proofOfToken(token: string, host: string, nonce: string): string {
  return deriveFromToken(token, `proof ${host} ${nonce}`);
}

/** What a started agent says of itself. A file or a journal, which others may read, gets no token. */
export function addressToPrint(
  { token, url }: { token: string; url: string },
  output: { isTty: boolean },
): string {
  return output.isTty ? dashboardLink(url, token) : url;
}

export interface LocalTokenDeps {
  ids: Ids;
  log: Logger;
  writePrivateFile: typeof writePrivateFile;
}

/**
 * The token of an agent: made at its first start, the same ever after. One that others could have
 * read or written is replaced, which the log says.
 * @throws ConfigError for a folder of another user that others can write.
 */
export async function ensureLocalToken(dataDir: string, deps: LocalTokenDeps): Promise<string> {
  await closeFolder(dataDir, deps.log);
  const path = localTokenPath(dataDir);
  const found = await inspectToken(path);
  if (found.token !== null) return found.token;
  if (found.fault !== null) {
    const sentence = `${path} ${found.fault}: there is a new token. Open the page again with: node3 agent dashboard`;
    deps.log.warn({ path }, sentence);
  }
  const token = deps.ids.secret(tokenBytes);
  await deps.writePrivateFile(path, `${token}\n`);
  return token;
}

export interface FoundToken {
  /** null where it can't be used, or is not there. */
  token: string | null;
  /** Why it can't be used, as the end of a sentence; null where nothing is wrong with it. */
  fault: string | null;
}

/** Looks at the file without following links. */
export async function inspectToken(path: string): Promise<FoundToken> {
  const unusable = (fault: string): FoundToken => ({ token: null, fault });
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);
  const file = await open(path, flags).catch((error: NodeJS.ErrnoException) => error);
  if (file instanceof Error) {
    if (isNotFound(file)) return { token: null, fault: null };
    return unusable(`can not be opened (${file.code ?? file.message})`);
  }
  try {
    const info = await file.stat();
    if (!info.isFile()) return unusable('is no file');
    if (process.platform !== 'win32') {
      if ((info.mode & 0o077) !== 0) return unusable('could be read by others');
      if (info.uid !== process.getuid?.()) return unusable('belongs to another user');
    }
    const text = (await file.readFile('utf8')).trim();
    return tokenPattern.test(text) ? { token: text, fault: null } : unusable('holds no token');
  } finally {
    await file.close();
  }
}

const othersWrite = 0o022;
const sticky = 0o1000;

/** Who can write the folder can put another file in the place of the token. */
async function closeFolder(dataDir: string, log: Logger): Promise<void> {
  if (process.platform === 'win32') return;
  const { mode, uid } = await stat(dataDir);
  // In a sticky folder nobody replaces the file of another.
  if ((mode & othersWrite) === 0 || (mode & sticky) !== 0) return;
  if (uid !== process.getuid?.()) {
    const fix = `Run: sudo chmod go-w ${dataDir}, or choose another folder.`;
    throw new ConfigError('AGENT_DATA_DIR', `is ${dataDir}, which others can write`, fix);
  }
  await chmod(dataDir, mode & 0o7777 & ~othersWrite);
  log.warn({ dataDir }, 'others could write the data folder; now they can not');
}
