import { type Cluster, clusters } from '@node3/shared/cluster';

/** What the serving host says about itself at `/config.json`. */
export interface AppConfig {
  /** The marketplace serves requester and public views, the agent serves the provider's. */
  mode: 'marketplace' | 'agent';
  version: string;
  cluster: Cluster | null;
  /** A web address, or a path of the same host such as `/docs`. */
  docsUrl: string | null;
}

/** Reads `/config.json`; throws when it isn't there or has another shape. */
export async function loadConfig(send: typeof fetch, signal: AbortSignal): Promise<AppConfig> {
  const response = await send('/config.json', { headers: { accept: 'application/json' }, signal });
  if (!response.ok) throw new Error(`/config.json answered ${response.status}`);
  return readConfig(await response.json());
}

export function readConfig(value: unknown): AppConfig {
  if (typeof value !== 'object' || value === null) throw new Error('/config.json is not an object');
  const { mode, version, cluster, docsUrl } = value as Record<string, unknown>;
  if (mode !== 'marketplace' && mode !== 'agent') throw new Error('/config.json has no known mode');
  return {
    mode,
    version: typeof version === 'string' ? version : '',
    cluster: clusters.find((known) => known === cluster) ?? null,
    docsUrl: typeof docsUrl === 'string' && /^(https?:\/)?\/[^/]/.test(docsUrl) ? docsUrl : null,
  };
}
