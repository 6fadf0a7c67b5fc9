import { type Client, createClient } from '@node3/shared/client';
import { readUrl } from '@node3/shared/env';
import { MarketError } from '@node3/shared/error';
import {
  type ConfigFile,
  configDir,
  configPath,
  loadConfig,
  type Profile,
  profileKey,
} from './config-file.ts';
import type { Host } from './host.ts';
import { createTerminal, type Terminal } from './output/terminal.ts';

/** Options every command takes. Commander sets `color` to false for `--no-color`. */
export interface GlobalOptions {
  url?: string;
  json?: boolean;
  color?: boolean;
  quiet?: boolean;
  config?: string;
}

/** What a command works with. */
export interface Context {
  readonly host: Host;
  readonly terminal: Terminal;
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
  return createTerminal(host, {
    json: options.json === true,
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
  const baseUrl = context.url;
  if (access === 'public') return createClient({ baseUrl });
  const apiKey = access === 'operator' ? context.adminApiKey : context.apiKey;
  if (apiKey === null) {
    const detail =
      access === 'operator'
        ? `There is no operator key for ${baseUrl}. Give it in ADMIN_API_KEY.`
        : `There is no API key for ${baseUrl}.`;
    throw new MarketError('AUTH_REQUIRED', { detail });
  }
  return createClient({ baseUrl, apiKey });
}
