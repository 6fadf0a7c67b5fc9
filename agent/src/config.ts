import type { Asks } from '@node3/shared/device';
import { ConfigError, type Env } from '@node3/shared/env';
import type { FetchAllowance } from '@node3/shared/fetch/fetch-rules';
import type { PassphraseSource } from '@node3/shared/passphrase';

/** Everything that can be set about an agent. Times in milliseconds, sizes in bytes. */
export interface AgentConfig {
  /** Shown to requesters; the host name by default. */
  name: string;
  /** Such as `http://localhost:8000`, without a slash at the end. */
  marketplaceUrl: string;
  /** Allows plain http to a marketplace on another machine. */
  marketplaceInsecure: boolean;
  /** `http` never opens a socket, as behind a proxy that holds such connections back. */
  transport: 'auto' | 'http';
  /** Port of the dashboard on 127.0.0.1; 0 takes any free one. */
  port: number;
  /** Journal and identity live here. */
  dataDir: string;
  /** Solana CLI keypair file; created on first use. Its address is what gets paid. */
  walletPath: string;
  /** Asked when that file is encrypted. */
  walletPassphrase: PassphraseSource;
  /** JSON-RPC of the cluster, to show balances; null shows none. */
  solanaRpcUrl: string | null;
  /** Offers a simulated device instead of looking for real ones. */
  gpuSource: 'hardware' | 'simulated';
  /** Which of the devices found are offered, by their place in the list; null or left out, all. */
  gpuIndexes?: readonly number[] | null;
  /** The provider's half of the double opt-in to jobs without a container. */
  nativeAllowed: boolean;
  /** The least to take for an hour on one GPU, per asset; null takes any price. */
  asks: Asks;
  /** Where the machine stands, such as `eu-west`; null says nothing. */
  region: string | null;
  /** What jobs may ask for by name. */
  labels: Record<string, string>;
  /** Accounts whose jobs are not wanted. */
  requestersBlocked: string[];
  /** Low-level runtime of containers, such as `runsc`; left out or null, the engine's usual one. */
  containerRuntime?: string | null;
  /** Registries that images may come from; left out or empty, every public one. */
  imageRegistries?: string[];
  /** Most bytes of one image, and of all that jobs brought here; left out, the usual. */
  imageBytesMax?: number | null;
  imageCacheBytesMax?: number | null;
  /** Free space of the containers' disk below which jobs and pulls are ended; left out, 512 MiB. */
  diskFloorBytes?: number;
  /** How fast one job may read and write each disk, in bytes per second; null for no limit. */
  diskBytesPerSec?: number | null;
  /** Hosts that jobs may reach: names, `*.` and a domain, or `*`; left out or empty, none. */
  egressHosts?: string[];
  /** Whether jobs are taken while the machine runs on its battery; left out: no. */
  batteryAllowed?: boolean;
  /** Interruptible jobs may be stopped here, unpaid, for others that pay as much or more. */
  preemptible: boolean;
  /** Whether secrets of jobs may lie on disk where there is no memory for files; left out: no. */
  secretsOnDisk?: 'allowed' | 'refused';
  /** Where inputs of jobs may come from beside the public internet; left out, from nowhere. */
  inputsFrom?: FetchAllowance;
  /** Jobs at once. */
  slots: number;
  /** Most cores and memory for all jobs together; null leaves it to the machine. */
  cpus: number | null;
  memoryBytes: number | null;
  /** Key of an agent that is registered already; null uses the stored one or registers. */
  apiKey: string | null;
  /** One-time token of the operator, where one is needed to register; null has none. */
  registrationToken: string | null;
  /** Folder with the built dashboard; null serves the API alone. */
  dashboardDir: string | null;
  /** Whether clients of the node3 seed may start and stop the agent without its token; left out: no. */
  seedApiOpen?: boolean;
  /** Whether /metrics also speaks the names of NVIDIA's exporter. */
  dcgmNames: 'on' | 'off';
  /** What whoever scrapes /metrics has to show; null lets in every program of this machine. */
  metricsToken: string | null;
  /** The commit that runs, where whoever built it says so. */
  commit: string | null;
  /** Deaths right after the start after which the next start waits; 0 or left out never waits. */
  crashesMax?: number;
  /** How long running jobs may take to finish after SIGTERM. */
  drainMs: number;
  /** The process's environment: finds vendor tools (PATH) and the engine (DOCKER_HOST). */
  environment: Env;
}

/** What is measured where nobody says otherwise. */
export const metricsDefaults = {
  dcgmNames: 'off',
  metricsToken: null,
  commit: null,
} satisfies Partial<AgentConfig>;

/** Of who names none: one of `node3 up` on this machine. */
export const marketplaceUrlUsual = 'http://localhost:8000';

/** Whether an address leads to this machine, so that nothing sent there leaves it. */
export function isLoopback(url: string): boolean {
  return loopbackHosts.has(new URL(url).hostname);
}

const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The agent's key and its jobs' code travel to the marketplace: never in the clear over a network.
 * @throws ConfigError.
 */
export function checkMarketplaceUrl(config: AgentConfig): void {
  const { hostname, protocol } = new URL(config.marketplaceUrl);
  if (protocol === 'https:' || isLoopback(config.marketplaceUrl) || config.marketplaceInsecure)
    return;
  const problem = `is ${config.marketplaceUrl}, which would send this agent's key unencrypted`;
  const fix = `Use https://${hostname}, or set MARKETPLACE_INSECURE=true on a network you trust.`;
  throw new ConfigError('MARKETPLACE_URL', problem, fix);
}
