import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isNotFound } from '@node3/shared/file-error';
import { CommandError } from './command-error.ts';
import type { Host } from './host.ts';

/** What is remembered about one marketplace. Keys are secrets: the file has mode 0600. */
export interface Profile {
  apiKey?: string;
  /** The name under which the keyring has the key, which then stands in no file. */
  keyringEntry?: string;
  adminApiKey?: string;
  walletPath?: string;
  rpcUrl?: string;
}

/** What `node3 config set` wrote, by the name of the setting. */
export type Settings = Readonly<Record<string, string>>;

/** A profile of that name: a marketplace, and who one is there. */
export interface NamedProfile extends Profile {
  url: string | null;
  settings: Settings;
}

export interface ConfigFile {
  /** The marketplace that is meant when nothing else names one. */
  currentUrl: string | null;
  /** The profile that `node3 config use` chose; null for the one without a name. */
  currentProfile: string | null;
  /** Of the profile without a name. */
  settings: Settings;
  /** What the profile without a name knows of each marketplace, by URL. */
  profiles: Record<string, Profile>;
  named: Record<string, NamedProfile>;
}

/** Whose facts are meant: those of a named profile, or what is known of a URL. */
export interface Place {
  name: string | null;
  url: string;
}

const empty: ConfigFile = {
  currentUrl: null,
  currentProfile: null,
  settings: {},
  profiles: {},
  named: {},
};

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
  if (text === null) return structuredClone(empty);
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
  const { currentUrl, currentProfile, settings } = value;
  return {
    currentUrl: typeof currentUrl === 'string' ? currentUrl : null,
    currentProfile: typeof currentProfile === 'string' ? currentProfile : null,
    settings: parseSettings(settings),
    profiles: parseEntries(value['profiles'], parseProfile),
    named: parseEntries(value['named'], (entry) => ({
      ...parseProfile(entry),
      url: typeof entry['url'] === 'string' ? entry['url'] : null,
      settings: parseSettings(entry['settings']),
    })),
  };
}

function parseEntries<T>(value: unknown, parse: (entry: Fields) => T): Record<string, T> {
  const entries = Object.entries(isRecord(value) ? value : {});
  return Object.fromEntries(
    entries.flatMap(([name, entry]) => (isRecord(entry) ? [[name, parse(entry)]] : [])),
  );
}

const profileFields = ['apiKey', 'keyringEntry', 'adminApiKey', 'walletPath', 'rpcUrl'] as const;

function parseProfile(entry: Fields): Profile {
  const profile: Profile = {};
  for (const field of profileFields) {
    const value = entry[field];
    if (typeof value === 'string' && value !== '') profile[field] = value;
  }
  return profile;
}

function parseSettings(value: unknown): Settings {
  const entries = Object.entries(isRecord(value) ? value : {});
  return Object.fromEntries(
    entries.flatMap(([name, text]) => (typeof text === 'string' ? [[name, text]] : [])),
  );
}

type Fields = Record<string, unknown>;

function isRecord(value: unknown): value is Fields {
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

/** Reads the file anew, so that nothing is lost that another command wrote, and changes it. */
export async function changeConfig(
  path: string,
  change: (config: ConfigFile) => ConfigFile,
): Promise<void> {
  await saveConfig(path, change(await loadConfig(path)));
}

/** Merges facts into the profile that is meant. */
export function rememberProfile(path: string, place: Place, facts: Profile): Promise<void> {
  return changeConfig(path, (config) => withProfile(config, place, facts));
}

/** The configuration with these facts in it; one that is undefined is forgotten. */
export function withProfile(
  config: ConfigFile,
  { name, url }: Place,
  facts: { [Fact in keyof Profile]: Profile[Fact] | undefined },
): ConfigFile {
  if (name === null) {
    const profile = parseProfile({ ...profileOf(config, { name, url }), ...facts });
    return { ...config, profiles: { ...config.profiles, [profileKey(url)]: profile } };
  }
  const { settings = {}, url: urlBefore = null } = config.named[name] ?? {};
  // What was known of another marketplace is nothing to tell this one.
  const isMoved = urlBefore !== null && profileKey(urlBefore) !== profileKey(url);
  const before = isMoved ? {} : profileOf(config, { name, url });
  const profile = parseProfile({ ...before, ...facts });
  const named = { ...profile, url: profileKey(url), settings };
  return { ...config, named: { ...config.named, [name]: named } };
}

export function profileOf(config: ConfigFile, { name, url }: Place): Profile {
  const known = name === null ? config.profiles[profileKey(url)] : config.named[name];
  return known === undefined ? {} : parseProfile({ ...known });
}

/** One key per marketplace: no trailing slash, and `localhost` is the loopback address. */
export function profileKey(url: string): string {
  return url.replace(/\/+$/, '').replace(/^(https?:\/\/)localhost(?=[:/]|$)/, '$1127.0.0.1');
}
