import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from '@node3/shared/logger';
import { isLoopback } from './config.ts';
import { localTokenPath } from './local-token.ts';
import type { writePrivateFile } from './secrets.ts';

const addressLengthMax = 64;

/** Where an agent notes the address of its page, beside the token that its page wants. */
function addressPath(tokenPath: string): string {
  return join(dirname(tokenPath), 'local-address');
}

/** So that the commands of this machine find the agent on whatever port. It works without as well. */
export async function noteLocalAddress(
  { dataDir, url }: { dataDir: string; url: string },
  deps: { log: Logger; writePrivateFile: typeof writePrivateFile },
): Promise<void> {
  const tokenPath = localTokenPath(dataDir);
  if ((await readLocalAddress(tokenPath)) === url) return;
  try {
    await deps.writePrivateFile(addressPath(tokenPath), `${url}\n`);
  } catch (error) {
    deps.log.warn({ err: error }, 'the address of the page is not noted for the commands');
  }
}

/** @returns the last address of the agent that the token is of; null where none of this machine is noted. */
export async function readLocalAddress(tokenPath: string): Promise<string | null> {
  const text = await readFile(addressPath(tokenPath), 'utf8').catch(() => '');
  const url = text.trim();
  if (url.length > addressLengthMax || !URL.canParse(url)) return null;
  return /^http:\/\/[^/@]+$/.test(url) && isLoopback(url) ? url : null;
}
