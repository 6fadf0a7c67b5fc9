import { join, resolve } from 'node:path';
import {
  ConfigError,
  type Env,
  readChoice,
  readFlag,
  readInteger,
  readOptionalText,
  readText,
  readUrl,
} from '@node3/shared/env';
import { isMarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { type LogFormat, logFormats } from '@node3/shared/logger';
import { type Asset, type Money, parseAmount, toMoney } from '@node3/shared/money';
import { readPassphraseSource } from '@node3/shared/passphrase';
import { readScrapeToken } from '@node3/shared/scrape-token';
import { agentLimits } from './agent-limits.ts';
import { type AgentConfig, marketplaceUrlUsual } from './config.ts';
import {
  readAccounts,
  readEgressHosts,
  readLabels,
  readRegion,
  readRegistries,
} from './read-placement.ts';

const transports = ['auto', 'http'] as const;

/** What the environment can't say. */
export interface EnvDefaults {
  hostname: string;
  dashboardDir: string | null;
}

/** @throws ConfigError that names the variable, what is wrong and how to fix it. */
export function readAgentConfig(env: Env, defaults: EnvDefaults): AgentConfig {
  const port = { fallback: 8080, min: 0, max: 65_535 };
  const dataDir = readDataDir(env);
  const rpc = readOptionalText(env, 'SOLANA_RPC_URL');
  return {
    name: readText(env, 'AGENT_NAME', defaults.hostname).slice(0, 64),
    marketplaceUrl: readUrl(env, 'MARKETPLACE_URL', marketplaceUrlUsual),
    marketplaceInsecure: readFlag(env, 'MARKETPLACE_INSECURE', 'off'),
    transport: readChoice(env, 'AGENT_TRANSPORT', transports, 'auto'),
    port: readInteger(env, 'AGENT_PORT', {
      ...port,
      fallback: readInteger(env, 'DASHBOARD_PORT', port),
    }),
    dataDir,
    walletPath: resolve(readText(env, 'WALLET_PATH', join(dataDir, 'wallet.json'))),
    walletPassphrase: readPassphraseSource(env, 'WALLET_PASSPHRASE_FILE'),
    solanaRpcUrl: rpc === null ? null : readUrl(env, 'SOLANA_RPC_URL', rpc),
    gpuSource: readFlag(env, 'SKIP_GPU_CHECK', 'off') ? 'simulated' : 'hardware',
    nativeAllowed: readFlag(env, 'AGENT_ALLOW_NATIVE', 'off'),
    asks: {
      SOL: readAsk(env, 'AGENT_ASK_SOL_PER_GPU_HOUR', 'SOL'),
      USDC: readAsk(env, 'AGENT_ASK_USDC_PER_GPU_HOUR', 'USDC'),
    },
    region: readRegion(env, 'AGENT_REGION'),
    labels: readLabels(env, 'AGENT_LABELS'),
    requestersBlocked: readAccounts(env, 'AGENT_BLOCKED_REQUESTERS'),
    containerRuntime: readRuntime(env, 'AGENT_CONTAINER_RUNTIME'),
    imageRegistries: readRegistries(env, 'AGENT_IMAGE_REGISTRIES'),
    imageBytesMax: readBytes(env, 'AGENT_IMAGE_SIZE_MAX'),
    imageCacheBytesMax: readBytes(env, 'AGENT_IMAGE_CACHE'),
    diskBytesPerSec: readDiskSpeed(env, 'AGENT_DISK_SPEED'),
    ...checkNetwork(env),
    egressHosts: readEgressHosts(env, 'AGENT_EGRESS_HOSTS'),
    secretsOnDisk: readFlag(env, 'AGENT_SECRETS_ON_DISK', 'off') ? 'allowed' : 'refused',
    preemptible: readFlag(env, 'AGENT_ALLOW_PREEMPTION', 'off'),
    slots: readInteger(env, 'MAX_CONCURRENT_JOBS', {
      fallback: 2,
      min: 1,
      max: limits.executionsPerAgent,
    }),
    cpus: readCores(env, 'CPU_LIMIT'),
    memoryBytes: readBytes(env, 'MEMORY_LIMIT'),
    apiKey: readOptionalText(env, 'API_KEY'),
    registrationToken: readOptionalText(env, 'REGISTRATION_TOKEN'),
    dashboardDir: defaults.dashboardDir,
    gpuIndexes: readGpuIndexes(env, 'GPU_INDEX'),
    seedApiOpen: readFlag(env, 'AGENT_SEED_API_OPEN', 'off'),
    dcgmNames: readFlag(env, 'METRICS_DCGM_NAMES', 'off') ? 'on' : 'off',
    metricsToken: readScrapeToken(env),
    commit: readOptionalText(env, 'NODE3_COMMIT')?.slice(0, 40) ?? null,
    crashesMax: readInteger(env, 'AGENT_CRASHES_MAX', { fallback: 5, min: 0, max: 50 }),
    drainMs: readInteger(env, 'DRAIN_SEC', { fallback: 60, min: 0, max: 86_400 }) * 1000,
    environment: env,
  };
}

export function readDataDir(env: Env): string {
  return resolve(readText(env, 'AGENT_DATA_DIR', './.node3/agent'));
}

export function readLogFormat(env: Env): LogFormat {
  return readChoice(env, 'LOG_FORMAT', logFormats, 'auto');
}

/** @throws ConfigError for what is no amount above zero: an ask of nothing is no ask. */
function readAsk(env: Env, name: string, asset: Asset): Money | null {
  const text = readOptionalText(env, name);
  if (text === null) return null;
  const fix = `Set what one hour on one GPU must pay at least in ${asset}, such as 0.35, or nothing.`;
  try {
    const amount = parseAmount(text, asset);
    if (amount > 0n) return toMoney(amount, asset);
  } catch (error) {
    if (!isMarketError(error, 'AMOUNT_INVALID')) throw error;
  }
  throw new ConfigError(name, `is "${text}"`, fix);
}

const containerRuntimes = ['usual', 'runsc', 'kata', 'kata-runtime'] as const;

function readRuntime(env: Env, name: string): string | null {
  const chosen = readChoice(env, name, containerRuntimes, 'usual');
  return chosen === 'usual' ? null : chosen;
}

function readCores(env: Env, name: string): number | null {
  const text = readOptionalText(env, name);
  if (text === null) return null;
  const cores = Number(text);
  if (cores > 0 && cores <= limits.cpusMax) return cores;
  throw new ConfigError(name, `is "${text}"`, 'Set a number of cores, such as 4 or 0.5.');
}

/** Such as 0 or 0,2: places in the list of `node3 agent detect`. null is all. */
function readGpuIndexes(env: Env, name: string): number[] | null {
  const text = readOptionalText(env, name);
  if (text === null) return null;
  const indexes = text.split(',').map((part) => part.trim());
  if (indexes.every((part) => /^\d{1,3}$/.test(part))) return indexes.map(Number);
  const fix = 'Set places in the list of node3 agent detect, such as 0 or 0,2, or nothing for all.';
  throw new ConfigError(name, `is "${text}"`, fix);
}

/** The seed's name for something that is never given as a whole here. */
function checkNetwork(env: Env): Record<string, never> {
  const network = readText(env, 'DOCKER_NETWORK', 'none');
  if (network === 'none') return {};
  const fix =
    'Jobs get no network of this machine. Set none, or leave it out, and name the hosts that jobs may reach in AGENT_EGRESS_HOSTS.';
  throw new ConfigError('DOCKER_NETWORK', `is "${network}"`, fix);
}

const unitBytes: Record<string, number> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** Sizes as people and Docker write them: 8g, 512m, 8GiB, or plain bytes. */
/** @returns bytes per second; null for no limit. */
function readDiskSpeed(env: Env, name: string): number | null {
  const isOff = readOptionalText(env, name) === 'off';
  return isOff ? null : (readBytes(env, name) ?? agentLimits.diskBytesPerSec);
}

function readBytes(env: Env, name: string): number | null {
  const text = readOptionalText(env, name);
  if (text === null) return null;
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?)(?:i?b)?$/i.exec(text);
  const unit = unitBytes[match?.[2]?.toLowerCase() ?? ''] ?? 1;
  const bytes = match === null ? Number.NaN : Math.floor(Number(match[1]) * unit);
  if (bytes >= limits.memoryBytesMin && bytes <= limits.memoryBytesMax) return bytes;
  throw new ConfigError(name, `is "${text}"`, 'Set a size of at least 16m, such as 8g or 512m.');
}
