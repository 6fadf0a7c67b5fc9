import { type Client, createClient } from '@node3/shared/client';
import { readUrl } from '@node3/shared/env';
import { MarketError } from '@node3/shared/error';
import { usageError } from './command-error.ts';
import {
  type ConfigFile,
  configDir,
  configPath,
  loadConfig,
  type Profile,
  profileKey,
} from './config-file.ts';
import type { Host } from './host.ts';
import { observeFetch } from './http/observed-fetch.ts';
import { chooseFormat } from './output/format.ts';
import { createTerminal, type Terminal } from './output/terminal.ts';
import { parseSeconds, timerMsMax } from './parse/duration.ts';

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
}

/** What a command works with. */
export interface Context {
  readonly host: Host;
  readonly terminal: Terminal;
  /** The options that every command takes, as they were given. */
  readonly options: GlobalOptions;
  readonly configPath: string;
  readonly config: ConfigFile;
  /** The marketplace meant: flag, then variable, then configuration, then this machine. */
  readonly url: string;
  readonly profile: Profile;
  /** The requester's key from NODE3_API_KEY, API_KEY or the profile; null where there is none. */
  readonly apiKey: string | null;
  readonly adminApiKey: string | null;
  /** The wallet file meant when none is named. */
  readonly walletPath: string;
  readonly rpcUrl: string;
}

const urlDefault = 'http://127.0.0.1:8000';
const rpcUrlDefault = 'http://127.0.0.1:8899';

export function terminalOf(host: Host, options: GlobalOptions): Terminal {
  const fields = options.columns?.split(',').map((name) => name.trim());
  return createTerminal(host, {
    format: chooseFormat(host, options),
    fields: fields ?? null,
    quiet: options.quiet === true,
    colour: options.color !== false,
  });
}

export async function createContext(host: Host, options: GlobalOptions): Promise<Context> {
  const { env } = host;
  const path = configPath(host, options.config);
  const config = await loadConfig(path);
  const url = chooseUrl(host, options, config);
  const profile = config.profiles[profileKey(url)] ?? {};
  const rpcUrls = env['SOLANA_RPC_URL'] || profile.rpcUrl || rpcUrlDefault;
  return {
    host,
    terminal: terminalOf(host, options),
    options,
    configPath: path,
    config,
    url,
    profile,
    apiKey: env['NODE3_API_KEY'] || env['API_KEY'] || profile.apiKey || null,
    adminApiKey: env['ADMIN_API_KEY'] || profile.adminApiKey || null,
    walletPath: env['WALLET_PATH'] || profile.walletPath || `${configDir(host)}/wallet.json`,
    rpcUrl: rpcUrls.split(',')[0]?.trim() ?? rpcUrlDefault,
  };
}

function chooseUrl(host: Host, options: GlobalOptions, config: ConfigFile): string {
  if (options.url !== undefined) return readUrl({ '--url': options.url }, '--url', urlDefault);
  for (const name of ['NODE3_URL', 'MARKETPLACE_URL']) {
    if (host.env[name]?.trim()) return readUrl(host.env, name, urlDefault);
  }
  return config.currentUrl ?? urlDefault;
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
  const detail =
    access === 'operator'
      ? `There is no operator key for ${context.url}. Give it in ADMIN_API_KEY.`
      : `There is no API key for ${context.url}.`;
  throw new MarketError('AUTH_REQUIRED', { detail });
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
