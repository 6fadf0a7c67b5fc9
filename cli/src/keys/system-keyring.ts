import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Env } from '@node3/shared/env';
import type { Keyring } from './keyring.ts';

/** A locked keyring asks the person at the screen; whoever is not there has the file. */
const answerMsMax = 30_000;
const answerBytesMax = 4_096;
const service = 'node3';

/**
 * The keyring of this system: libsecret's through `secret-tool`, the Keychain of macOS through
 * `security`. @returns null where there is none to reach. Secrets pass by standard input and output
 * only: what stands in a command line can be read by every program of the machine.
 */
export function openSystemKeyring(env: Env, platform = process.platform): Keyring | null {
  if (platform === 'darwin') return keychain(env);
  // Without a session bus there is no keyring to talk to, as over SSH and in containers.
  const hasBus = Boolean(env['DBUS_SESSION_BUS_ADDRESS']);
  return platform === 'linux' && hasBus && isInstalled(env, 'secret-tool')
    ? secretService(env)
    : null;
}

function isInstalled(env: Env, program: string): boolean {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.some((folder) => existsSync(join(folder, program)));
}

function secretService(env: Env): Keyring {
  const about = (entry: string) => ['service', service, 'account', entry];
  const call = (args: readonly string[], input?: string) => ask(env, 'secret-tool', args, input);
  return {
    name: 'keyring (secret-tool)',
    read: (entry) => call(['lookup', ...about(entry)]),
    write: (entry, secret, label) =>
      call(['store', `--label=${label}`, ...about(entry)], secret) !== null,
    remove: (entry) => void call(['clear', ...about(entry)]),
  };
}

function keychain(env: Env): Keyring {
  const about = (entry: string) => ['-s', service, '-a', entry];
  const call = (args: readonly string[], input?: string) => ask(env, 'security', args, input);
  return {
    name: 'Keychain (security)',
    read: (entry) => call(['find-generic-password', ...about(entry), '-w']),
    write(entry, secret, label) {
      // `security -i` reads its own commands: so the secret stands in none of the process list.
      const words = ['add-generic-password', '-U', ...about(entry), '-l', label, '-w', secret];
      return call(['-i'], `${words.map(quoted).join(' ')}\n`) !== null;
    },
    remove: (entry) => void call(['delete-generic-password', ...about(entry)]),
  };
}

function quoted(word: string): string {
  return `"${word.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** @returns what it printed; null where it is not there, fails or does not answer in time. */
function ask(env: Env, program: string, args: readonly string[], input = ''): string | null {
  const { error, status, stdout } = spawnSync(program, args, {
    env: { ...env },
    input,
    encoding: 'utf8',
    timeout: answerMsMax,
    maxBuffer: answerBytesMax,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  return error === undefined && status === 0 ? stdout.replace(/\r?\n$/, '') : null;
}
