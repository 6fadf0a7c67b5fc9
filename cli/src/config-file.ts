import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isNotFound } from '@node3/shared/file-error';
import { CommandError } from './command-error.ts';
import type { Host } from './host.ts';

/** What is remembered about one marketplace. Keys are secrets: the file has mode 0600. */
export interface Profile {
  apiKey?: string;
  adminApiKey?: string;
  walletPath?: string;
  rpcUrl?: string;
}

export interface ConfigFile {
  /** The marketplace that is meant when no flag and no variable names one. */
  currentUrl: string | null;
  profiles: Record<string, Profile>;
}

/** A configuration with hundreds of marketplaces is far smaller. */
const fileBytesMax = 1024 * 1024;

/** `--config`, then `NODE3_CONFIG`, then `$XDG_CONFIG_HOME/node3/config.json`. */
export function configPath(host: Host, flag: string | undefined): string {
  const chosen = flag ?? host.env['NODE3_CONFIG'];
  return chosen ? chosen : join(configDir(host), 'config.json');
}

export function configDir(host: Host): string {
  const xdg = host.env['XDG_CONFIG_HOME'];
  return join(xdg ? xdg : join(host.homeDir, '.config'), 'node3');
}

export async function loadConfig(path: string): Promise<ConfigFile> {
  const text = await readPrivateFile(path);
  if (text === null) return { currentUrl: null, profiles: {} };
  try {
    return parseConfig(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    const fix = `Mend or remove ${path}.`;
    throw new CommandError('failure', `${path} is not a node3 configuration.`, fix);
  }
}

async function readPrivateFile(path: string): Promise<string | null> {
  try {
    const file = await open(path, constants.O_RDONLY);
    try {
      const info = await file.stat();
      if (process.getuid !== undefined && (info.mode & 0o077) !== 0) {
        const fix = `Run: chmod 600 ${path}`;
        throw new CommandError('failure', `${path} holds keys and can be read by others.`, fix);
      }
      if (info.size > fileBytesMax) throw new Error('too large');
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

function parseConfig(value: unknown): ConfigFile {
  if (!isRecord(value)) throw new Error('not an object');
  const profiles: Record<string, Profile> = {};
  for (const [url, entry] of Object.entries(isRecord(value['profiles']) ? value['profiles'] : {})) {
    if (isRecord(entry)) profiles[url] = parseProfile(entry);
  }
  const currentUrl = value['currentUrl'];
  return { currentUrl: typeof currentUrl === 'string' ? currentUrl : null, profiles };
}

function parseProfile(entry: Record<string, unknown>): Profile {
  const profile: Profile = {};
  for (const field of ['apiKey', 'adminApiKey', 'walletPath', 'rpcUrl'] as const) {
    const value = entry[field];
    if (typeof value === 'string' && value !== '') profile[field] = value;
  }
  return profile;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Writes a new file beside the old one and swaps them: a crash leaves one of the two whole. */
export async function saveConfig(path: string, config: ConfigFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.new`;
  await rm(draft, { force: true });
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(config, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

/** Merges facts into the profile of one marketplace, reading the file anew so nothing else is lost. */
export async function rememberProfile(path: string, url: string, facts: Profile): Promise<void> {
  const config = await loadConfig(path);
  const key = profileKey(url);
  config.profiles[key] = { ...config.profiles[key], ...facts };
  await saveConfig(path, config);
}

/** One key per marketplace: no trailing slash, and `localhost` is the loopback address. */
export function profileKey(url: string): string {
  return url.replace(/\/+$/, '').replace(/^(https?:\/\/)localhost(?=[:/]|$)/, '$1127.0.0.1');
}
