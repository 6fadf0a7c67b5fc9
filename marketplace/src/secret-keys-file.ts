import { randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { ConfigError } from '@node3/shared/env';
import { isNotFound } from '@node3/shared/file-error';
import type { Keyring } from './services/secret-keyring.ts';

const variable = 'SECRET_KEYS_FILE';
const linePattern = /^([A-Za-z0-9_-]{1,32}) ([A-Za-z0-9+/_-]{43}=?)$/;
const makeOne = 'echo "k1 $(openssl rand -base64 32)" > secret-keys && chmod 600 secret-keys';

/**
 * Reads the keys that protect secrets at rest: a line each, its id, a space and 32 random bytes in
 * base64. The first one is the current one. Throws a ConfigError that never repeats a key.
 */
export async function loadKeyring(path: string, missing: 'create' | 'refuse'): Promise<Keyring> {
  const text = await readKeys(path, missing);
  const lines = text.split('\n').map((line) => line.trim());
  const entries = lines.filter((line) => line !== '' && !line.startsWith('#')).map(readLine);
  const [first] = entries;
  if (first === undefined) throw wrong('has no key in it', `Make one: ${makeOne}`);
  const keys = new Map(entries);
  if (keys.size === entries.length) return { currentId: first[0], keys };
  throw wrong('has two keys with one id', 'Give each its own.');

  function readLine(line: string, index: number): [string, Buffer] {
    const [, id = '', encoded = ''] = linePattern.exec(line) ?? [];
    const key = Buffer.from(encoded, 'base64');
    if (key.length !== 32) {
      throw wrong(
        `has a wrong line ${index + 1}`,
        `Write an id, a space, and 32 bytes: ${makeOne}`,
      );
    }
    if (new Set(key).size < 8) throw wrong(`has a key that is not random: "${id}"`, makeOne);
    return [id, key];
  }

  function wrong(problem: string, fix: string): ConfigError {
    return new ConfigError(variable, `names ${path}, which ${problem}`, fix);
  }
}

async function readKeys(path: string, missing: 'create' | 'refuse'): Promise<string> {
  try {
    const { mode } = await stat(path);
    if (process.platform !== 'win32' && (mode & 0o007) !== 0) {
      throw new ConfigError(variable, `names ${path}, which others can read`, `chmod 600 ${path}`);
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    if (!isNotFound(error)) throw error;
    if (missing === 'refuse') {
      throw new ConfigError(variable, `names ${path}, which is not there`, `Make it: ${makeOne}`);
    }
  }
  const text = `k1 ${randomBytes(32).toString('base64')}\n`;
  await writeFile(path, text, { mode: 0o600, flag: 'wx' });
  return text;
}
