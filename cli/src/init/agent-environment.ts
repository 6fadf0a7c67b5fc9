import { parseEnv } from 'node:util';
import { readPrivateFile, writePrivateFile } from '@node3/agent/secrets';
import type { Env } from '@node3/shared/env';
import { usageError } from '../command-error.ts';

/** The settings of an agent in a file, lines NAME=value, as services read it too. */
export async function readEnvironmentFile(path: string): Promise<Env> {
  const text = await readPrivateFile(path);
  return text === null ? {} : parseEnv(text);
}

/** Sets these, and leaves every other line as it is. */
export async function writeEnvironmentFile(
  path: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const lines = ((await readPrivateFile(path)) ?? '').split('\n').filter((line, at, all) => {
    return line !== '' || at < all.length - 1;
  });
  for (const [name, value] of Object.entries(values)) {
    const line = `${name}=${quoted(name, value)}`;
    const at = lines.findIndex((one) => one.startsWith(`${name}=`));
    if (at < 0) lines.push(line);
    else lines[at] = line;
  }
  await writePrivateFile(path, `${lines.join('\n')}\n`);
}

/** In words that systemd and Node.js read alike. */
function quoted(name: string, value: string): string {
  if (/^[\w./:@%+=,*-]*$/.test(value)) return value;
  if (!/["\\\p{Cc}$`]/u.test(value)) return `"${value}"`;
  const fix = 'Leave out quotes, backslashes, dollar signs and control characters.';
  throw usageError(`${name} can not be written into a file of settings.`, fix);
}
