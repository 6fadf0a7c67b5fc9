import { type Client, createClient } from '@node3/shared/client';
import { MarketError } from '@node3/shared/error';
import { usageError } from './command-error.ts';
import {
  type ConfigFile,
  configDir,
  configPath,
  loadConfig,
  type Place,
  type Profile,
  profileOf,
} from './config-file.ts';
import type { Host } from './host.ts';
import { observeFetch } from './http/observed-fetch.ts';
import { findKey, findOperatorKey, type KeyPlaces } from './keys/find-key.ts';
import { chooseFormat } from './output/format.ts';
import { createTerminal, type Terminal } from './output/terminal.ts';
import { parseSeconds, timerMsMax } from './parse/duration.ts';
import { chooseProfile, findPlace, isKnown, requireProfile } from './settings/choose-profile.ts';
import { findSetting, type Sources } from './settings/find-setting.ts';
import { gatherSources } from './settings/gather-sources.ts';
import { findProjectFile } from './settings/project-file.ts';

/** Options every command takes. Commander sets `color` to false for `--no-color`. */
export interface GlobalOptions {
  url?: string;
  json?: boolean;
  format?: string;
  columns?: string;
  timeout?: string;
  idempotencyKey?: string;
  curl?: boolean;
  explain?: boolean;
  yes?: boolean;
  /** False with `--no-input`. */
  input?: boolean;
  color?: boolean;
  quiet?: boolean;
  config?: string;
  profile?: string;
}

/** What a command works with. */
export interface Context {
  readonly host: Host;
  readonly terminal: Terminal;
  /** The options that every command takes, as they were given. */
  readonly options: GlobalOptions;
  readonly configPath: string;
  readonly config: ConfigFile;
  /** Everything that says something of settings; `findSetting` reads it. */
  readonly sources: Sources;
  /** The profile that is meant; null for the one without a name. */
  readonly profileName: string | null;
  /** The marketplace meant, and whose facts about it: those of the profile only where it is its own. */
  readonly place: Place;
  readonly url: string;
  readonly profile: Profile;
  /** The requester's key; null where there is none. Reading it may ask the keyring. */
  readonly apiKey: string | null;
  readonly adminApiKey: string | null;
  readonly keyPlaces: KeyPlaces;
  /** The wallet file meant when none is named. */
  readonly walletPath: string;
  readonly rpcUrl: string;
}

const rpcUrlDefault = 'http://127.0.0.1:8899';

export function terminalOf(
  host: Host,
  options: GlobalOptions,
  configured: string | null = null,
): Terminal {
  const fields = options.columns?.split(',').map((name) => name.trim());
  return createTerminal(host, {
    format: chooseFormat(host, options, configured),
    fields: fields ?? null,
    quiet: options.quiet === true,
    colour: options.color !== false,
  });
}

/** @param missing whether the command may be about a profile that is still to be made. */
export async function createContext(
  host: Host,
  options: GlobalOptions,
  missing: 'refused' | 'allowed' = 'refused',
): Promise<Context> {
  const { env } = host;
  const path = configPath(host, options.config);
  const config = await loadConfig(path);
  const chosen = chooseProfile(options, env, config);
  if (missing === 'refused') requireProfile(config, chosen);
  const project = await findProjectFile(host.cwd);
  const sources = gatherSources({ host, options, path, config, chosen, project });
  const { origin, ...known } = findPlace(config, chosen, sources);
  const { url } = known;
  const isToMake = missing === 'allowed' && chosen.chosen === 'here';
  const profile = profileOf(config, known);
  const keyPlaces: KeyPlaces = {
    env,
    envIs: origin === 'project' && !isKnown(config, url) ? 'refused' : 'meant',
    profile,
    configPath: path,
    keyring: profile.keyringEntry === undefined ? null : await host.openKeyring(),
  };
  const rpcUrls = findSetting('rpc-url', sources).value ?? profile.rpcUrl ?? rpcUrlDefault;
  const walletPath = findSetting('wallet', sources).value ?? profile.walletPath;
  return {
    host,
    terminal: terminalOf(host, options, sources.profile.values.format ?? null),
    options,
    configPath: path,
    config,
    sources,
    profileName: chosen.name,
    place: isToMake ? { name: chosen.name, url } : known,
    url,
    profile,
    // Not asked for before it is wanted: most of what is done here needs no key.
    get apiKey() {
      return findKey(keyPlaces)?.value ?? null;
    },
    get adminApiKey() {
      return findOperatorKey(keyPlaces)?.value ?? null;
    },
    keyPlaces,
    walletPath: walletPath ?? `${configDir(host)}/wallet.json`,
    rpcUrl: rpcUrls.split(',')[0]?.trim() ?? rpcUrlDefault,
  };
}

export type Access = 'public' | 'requester' | 'operator';

/** A client with the right key. Throws AUTH_REQUIRED before any request when there is none. */
export function connect(context: Context, access: Access): Client {
  const { url: baseUrl, options } = context;
  const rest = {
    baseUrl,
    ...answerLimit(options),
    ...observation(context, access),
  };
  if (access === 'public') return createClient(rest);
  return createClient({ ...rest, apiKey: requireKey(context, access) });
}

/** How long an answer is waited for, where `--timeout` says so. */
export function answerLimit({ timeout }: GlobalOptions): { timeoutMs?: number } {
  if (timeout === undefined) return {};
  const timeoutMs = parseSeconds('--timeout', timeout) * 1_000;
  if (timeoutMs <= timerMsMax) return { timeoutMs };
  throw usageError(`--timeout is "${timeout}", which is too long.`, 'Write at most 24d.');
}

function requireKey(context: Context, access: 'requester' | 'operator'): string {
  const apiKey = access === 'operator' ? context.adminApiKey : context.apiKey;
  if (apiKey !== null) return apiKey;
  throw new MarketError('AUTH_REQUIRED', { detail: sayNoKey(context, access) });
}

function sayNoKey({ keyPlaces, url, sources }: Context, access: Access): string {
  if (keyPlaces.envIs === 'refused') {
    return `Only ${sources.project?.path} names ${url}, so it gets no key of yours. If you mean it: node3 login --url ${url}`;
  }
  if (access === 'operator')
    return `There is no operator key for ${url}. Give it in ADMIN_API_KEY.`;
  return keyPlaces.profile.keyringEntry === undefined
    ? `There is no API key for ${url}.`
    : `The keyring does not give the API key for ${url}. Unlock it, or log in again.`;
}

/** A fetch with the right key, for requests that no contract describes. */
export function openApi(context: Context, access: 'requester' | 'operator'): typeof fetch {
  const apiKey = requireKey(context, access);
  const { fetch: send = fetch } = observation(context, access);
  return async (input, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${apiKey}`);
    try {
      return await send(input, { ...init, headers, redirect: 'error' });
    } catch (cause) {
      const detail = `${context.url} does not answer.`;
      throw new MarketError('MARKETPLACE_UNREACHABLE', { detail }, { cause });
    }
  };
}

function observation(
  { options, terminal, host }: Context,
  access: Access,
): { fetch?: typeof fetch } {
  const { curl = false, explain = false, idempotencyKey = null } = options;
  if (!curl && !explain && idempotencyKey === null) return {};
  const keyVariable = access === 'operator' ? 'ADMIN_API_KEY' : 'NODE3_API_KEY';
  const deps = { terminal, clock: host.clock, curl, explain, idempotencyKey, keyVariable };
  return { fetch: observeFetch(deps) };
}
