import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
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
import type { FetchAllowance } from '@node3/shared/fetch/fetch-rules';
import { limits } from '@node3/shared/limits';
import { logFormats } from '@node3/shared/logger';
import { type Asset, type BaseUnits, baseUnits, parseAmount } from '@node3/shared/money';
import { readPassphraseSource } from '@node3/shared/passphrase';
import { readLogLevel } from '@node3/shared/read-log-level';
import { readScrapeToken } from '@node3/shared/scrape-token';
import { readTracing } from '@node3/shared/tracing';
import { readArtifactConfig } from './artifact-config.ts';
import {
  defaultImages,
  type MarketplaceConfig,
  type ObservabilityConfig,
  pricingDefaults,
} from './config.ts';
import type { AlertThresholds } from './domain/alert-conditions.ts';
import type { Caps } from './domain/spending-caps.ts';
import { readGrpc } from './grpc-config.ts';
import type { WalletFile } from './payments/keys/load-wallets.ts';
import { capVariables, type PayoutCapSettings } from './payments/keys/payout-cap-settings.ts';
import { auditAddresses } from './services/audit-address.ts';
import {
  type DatabaseAddress,
  DatabaseAddressError,
  parseDatabaseAddress,
} from './store/database-address.ts';

/** Thirty days: longer than anybody needs to look at a result. */
const holdbackSecMax = 2_592_000;

const portRange = { fallback: 8_000, min: 0, max: 65_535 };

/** Reads every environment variable of the marketplace. The seed's names are kept. */
export function readConfig(env: Env): MarketplaceConfig {
  const environment = readChoice(env, 'ENVIRONMENT', ['development', 'production'], 'production');
  const dataDir = readDataDir(env);
  return {
    host: readText(env, 'MARKETPLACE_HOST', '127.0.0.1'),
    port: readInteger(env, 'MARKETPLACE_PORT', {
      ...portRange,
      fallback: readInteger(env, 'PORT', portRange),
    }),
    grpc: readGrpc(env),
    dataDir,
    database: readDatabase(env, dataDir),
    rpcUrls: readText(env, 'SOLANA_RPC_URL', 'http://127.0.0.1:8899')
      .split(',')
      .map((url) => url.trim()),
    allowMainnet: readFlag(env, 'ALLOW_MAINNET', 'off'),
    secretKeysFile: readKeysFile(env, environment),
    treasuryWalletPath: readText(
      env,
      'MARKETPLACE_WALLET_PATH',
      `${dataDir}/marketplace_wallet.json`,
    ),
    treasuryPassphrase: readPassphraseSource(env, 'MARKETPLACE_WALLET_PASSPHRASE_FILE'),
    allowUnencryptedWallet: readFlag(env, 'ALLOW_UNENCRYPTED_WALLET', 'off'),
    feePayerWallet: readFeePayerWallet(env),
    payoutCaps: { SOL: readPayoutCaps(env, 'SOL'), USDC: readPayoutCaps(env, 'USDC') },
    adminApiKey: readAdminKey(env, environment),
    audit: {
      address: readChoice(env, 'AUDIT_IP', auditAddresses, 'truncated'),
      retentionDays: readInteger(env, 'AUDIT_RETENTION_DAYS', {
        fallback: limits.auditRetentionDays,
        min: 1,
        max: 3_650,
      }),
    },
    webhookAllow: readNetworks(env, 'WEBHOOK_NETWORKS'),
    flowAllow: readNetworks(env, 'FLOW_NETWORKS'),
    alerts: readAlerts(env),
    feeBasisPoints: readInteger(env, 'FEE_BASIS_POINTS', {
      fallback: pricingDefaults.feeBasisPoints,
      min: 0,
      max: 5_000,
    }),
    operatorCaps: { SOL: readCaps(env, 'SOL'), USDC: readCaps(env, 'USDC') },
    codeBytesMax: readInteger(env, 'CODE_BYTES_MAX', {
      fallback: pricingDefaults.codeBytesMax,
      min: 1_024,
      max: limits.codeBytesMax,
    }),
    quoteSec: readInteger(env, 'QUOTE_SEC', {
      fallback: pricingDefaults.quoteSec,
      min: 5,
      max: 3_600,
    }),
    holdbackSec: readInteger(env, 'PAYOUT_HOLDBACK_SEC', {
      fallback: pricingDefaults.holdbackSec,
      min: 0,
      max: holdbackSecMax,
    }),
    logRetentionDays: readInteger(env, 'LOG_RETENTION_DAYS', {
      fallback: pricingDefaults.logRetentionDays,
      min: 0,
      max: 3_650,
    }),
    x402Enabled: readFlag(env, 'X402_ENABLED', pricingDefaults.x402Enabled ? 'on' : 'off'),
    x402DailyFeeLamportsMax: readDailyFees(env),
    unprovenWallets: readFlag(env, 'ALLOW_UNPROVEN_WALLETS', 'off') ? 'allowed' : 'refused',
    registration: readFlag(env, 'REGISTRATION_TOKEN_REQUIRED', 'off') ? 'token' : 'open',
    artifacts: readArtifactConfig(env),
    unitsPerMinute: readUnitsPerMinute(env),
    diskReserveBytes: readInteger(env, 'DISK_RESERVE_BYTES', {
      fallback: pricingDefaults.diskReserveBytes,
      min: 0,
      max: 1024 ** 4,
    }),
    defaultImages,
    publicUrl: readPublicUrl(env),
    explorerUrl: readExplorerUrl(env),
    trustedProxies: readProxies(env),
    corsOrigins: readOrigins(env),
    dashboardDir: readOptionalText(env, 'DASHBOARD_DIR'),
    logLevel: readLogLevel(env, 'info'),
    logFormat: readChoice(env, 'LOG_FORMAT', logFormats, 'auto'),
    observability: readObservability(env),
  };
}

function readObservability(env: Env): ObservabilityConfig {
  const commit = readOptionalText(env, 'NODE3_COMMIT');
  return {
    metrics: readFlag(env, 'METRICS_ENABLED', 'on') ? 'on' : 'off',
    metricsToken: readScrapeToken(env),
    commit: commit === null ? null : commit.slice(0, 40),
    tracing: readTracing(env),
  };
}

/** Seconds, percent and amounts; each has a default that suits a small marketplace. */
function readAlerts(env: Env): AlertThresholds {
  const { alerts } = pricingDefaults;
  const seconds = (name: string, fallbackMs: number) =>
    1_000 * readInteger(env, name, { fallback: fallbackMs / 1_000, min: 1, max: 2_592_000 });
  const amount = (name: string, asset: Asset, fallback: BaseUnits) =>
    readCap(env, name, asset) ?? fallback;
  const percent = { fallback: alerts.diskFreeRatio * 100, min: 0, max: 99 };
  const days = { fallback: limits.alertRetentionDays, min: 1, max: 3_650 };
  return {
    resolvedKeptMs: 86_400_000 * readInteger(env, 'ALERT_RETENTION_DAYS', days),
    agentOfflineMs: seconds('ALERT_AGENT_OFFLINE_SEC', alerts.agentOfflineMs),
    queueOldestMs: seconds('ALERT_QUEUE_OLDEST_SEC', alerts.queueOldestMs),
    paymentPendingMs: seconds('ALERT_PAYMENT_PENDING_SEC', alerts.paymentPendingMs),
    webhookFailingMs: seconds('ALERT_WEBHOOK_FAILING_SEC', alerts.webhookFailingMs),
    diskFreeRatio: readInteger(env, 'ALERT_DISK_FREE_PERCENT', percent) / 100,
    treasuryLamports: amount('ALERT_TREASURY_SOL', 'SOL', alerts.treasuryLamports),
    balance: {
      SOL: amount('ALERT_BALANCE_SOL', 'SOL', alerts.balance.SOL),
      USDC: amount('ALERT_BALANCE_USDC', 'USDC', alerts.balance.USDC),
    },
  };
}

/** Networks in CIDR notation, separated by commas; whoever allows some allows every port. */
/** Private networks that a guarded fetch may reach, on any port; none where it is not set. */
export function readNetworks(env: Env, name: string): FetchAllowance {
  const text = readOptionalText(env, name);
  if (text === null) return {};
  const networks = text.split(',').map((network) => network.trim());
  const isNetwork = (network: string) => {
    const [address = '', bits = '', ...rest] = network.split('/');
    return isIP(address) !== 0 && /^\d{1,3}$/.test(bits) && rest.length === 0;
  };
  if (networks.every(isNetwork)) return { networks, ports: 'any' };
  const fix = 'Set networks such as 127.0.0.0/8,10.1.0.0/16.';
  throw new ConfigError(name, `is "${text}"`, fix);
}

/** A batch costs a hundred units: a smaller quota would refuse it for ever. */
function readUnitsPerMinute(env: Env): number {
  const name = 'UNITS_PER_MINUTE';
  const range = { fallback: pricingDefaults.unitsPerMinute, min: 0, max: 1_000_000_000 };
  const units = readInteger(env, name, range);
  if (units === 0 || units >= limits.unitsPerMinuteMin) return units;
  throw new ConfigError(
    name,
    `is ${units}`,
    `Give 0 for no limit, or ${limits.unitsPerMinuteMin} at least.`,
  );
}

function readDailyFees(env: Env): BaseUnits {
  const fallback = Number(pricingDefaults.x402DailyFeeLamportsMax);
  const range = { fallback, min: 0, max: Number.MAX_SAFE_INTEGER };
  return baseUnits(BigInt(readInteger(env, 'X402_DAILY_FEE_LAMPORTS', range)));
}

/** SPEND_CAP_JOB_USDC, SPEND_CAP_OPEN_USDC, SPEND_CAP_DAY_USDC, the same for SOL; unset is no limit. */
function readCaps(env: Env, asset: Asset): Caps {
  const read = (kind: 'JOB' | 'OPEN' | 'DAY') => readCap(env, `SPEND_CAP_${kind}_${asset}`, asset);
  return { perJob: read('JOB'), open: read('OPEN'), perDay: read('DAY') };
}

function readCap(env: Env, name: string, asset: Asset): BaseUnits | null {
  const text = readOptionalText(env, name);
  if (text === null) return null;
  try {
    return parseAmount(text, asset);
  } catch (error) {
    if (!isMarketError(error, 'AMOUNT_INVALID')) throw error;
    throw new ConfigError(name, `is "${text}"`, `Set an amount of ${asset}, such as 10.`);
  }
}

/** It becomes a link in the web app: nothing but an address of the web will do. */
function readExplorerUrl(env: Env): string | null {
  const text = readOptionalText(env, 'EXPLORER_URL');
  if (text === null || (/^https?:\/\//.test(text) && text.includes('{signature}'))) return text;
  const fix = 'Set an address such as https://explorer.example/tx/{signature}?cluster={cluster}.';
  throw new ConfigError('EXPLORER_URL', `is "${text}"`, fix);
}

/** Behind a proxy every client has its address, unless we may believe what it says about them. */
function readProxies(env: Env): string[] {
  const proxies = (readOptionalText(env, 'TRUSTED_PROXIES') ?? '')
    .split(',')
    .map((one) => one.trim());
  const named = proxies.filter((proxy) => proxy !== '');
  for (const proxy of named) {
    const [address = '', bits, ...rest] = proxy.split('/');
    const family = isIP(address);
    const isNetwork = bits !== undefined && /^\d{1,3}$/.test(bits);
    const fits = bits === undefined || (isNetwork && Number(bits) <= (family === 4 ? 32 : 128));
    if (family !== 0 && fits && rest.length === 0) continue;
    const fix = 'Set addresses or networks, such as 10.0.0.2 or 10.0.0.0/24, separated by commas.';
    throw new ConfigError('TRUSTED_PROXIES', `names "${proxy}"`, fix);
  }
  return named;
}

function readOrigins(env: Env): string[] {
  const text = readText(env, 'CORS_ORIGINS', '');
  const named = text.split(',').map((origin) => origin.trim());
  const origins = named.filter((origin) => origin !== '');
  for (const origin of origins) {
    const isPlain = /^https?:\/\/[^*]+$/.test(origin) && URL.canParse(origin);
    if (isPlain && new URL(origin).origin === origin) continue;
    const fix = 'Set whole origins, such as https://app.example, separated by commas; * is none.';
    throw new ConfigError('CORS_ORIGINS', `names "${origin}"`, fix);
  }
  return origins;
}

function readPublicUrl(env: Env): string | null {
  const set = readOptionalText(env, 'MARKETPLACE_PUBLIC_URL') !== null;
  return set ? readUrl(env, 'MARKETPLACE_PUBLIC_URL', '') : null;
}

function readDataDir(env: Env): string {
  return readText(env, 'MARKETPLACE_DATA_DIR', '.node3/marketplace');
}

/** DATABASE_URL, with the seed's spellings; unset is a file in the data folder. */
export function readDatabase(env: Env, dataDir = readDataDir(env)): DatabaseAddress {
  const own = readOptionalText(env, 'DATABASE_URL');
  const text = own ?? readOptionalText(env, 'HODEI_DATABASE_URL');
  if (text === null) return { engine: 'sqlite', path: `${dataDir}/marketplace.db` };
  try {
    return parseDatabaseAddress(text);
  } catch (error) {
    if (!(error instanceof DatabaseAddressError)) throw error;
    throw new ConfigError(
      own === null ? 'HODEI_DATABASE_URL' : 'DATABASE_URL',
      error.message,
      error.fix,
    );
  }
}

function readFeePayerWallet(env: Env): WalletFile | null {
  const path = readOptionalText(env, 'X402_FEE_PAYER_WALLET_PATH');
  const variable = 'X402_FEE_PAYER_WALLET_PASSPHRASE_FILE';
  return path === null ? null : { path, passphrase: readPassphraseSource(env, variable) };
}

function readPayoutCaps(env: Env, asset: Asset): PayoutCapSettings[Asset] {
  const settings: PayoutCapSettings[Asset] = {};
  for (const cap of ['payout', 'hour', 'day'] as const) {
    const variable = `${capVariables[cap]}_${asset}`;
    const text = readOptionalText(env, variable);
    if (text !== null) settings[cap] = readMoney(variable, text, asset);
  }
  return settings;
}

function readMoney(variable: string, text: string, asset: Asset): BaseUnits {
  try {
    return parseAmount(text, asset);
  } catch {
    throw new ConfigError(variable, `is "${text}"`, `Set an amount of ${asset}, such as 12.5.`);
  }
}

/** Beside the database, keys protect from nobody who has the disk: in production they lie elsewhere. */
function readKeysFile(env: Env, environment: 'development' | 'production'): string | null {
  const path = readOptionalText(env, 'SECRET_KEYS_FILE');
  if (path !== null || environment === 'development') return path;
  const fix =
    'Make a file outside of the data folder: echo "k1 $(openssl rand -base64 32)" > secret-keys && chmod 600 secret-keys';
  throw new ConfigError('SECRET_KEYS_FILE', 'is not set', fix);
}

const weakKeys = new Set(['admin', 'changeme', 'change-me', 'secret', 'your-secret-admin-key']);

/** Production needs a real key; development gets a random one for this run. */
function readAdminKey(env: Env, environment: 'development' | 'production'): string {
  const key = readOptionalText(env, 'ADMIN_API_KEY');
  if (key === null && environment === 'development') return randomBytes(32).toString('base64url');
  const fix = 'Set at least 16 random characters, such as the output of: openssl rand -base64 32';
  if (key === null) throw new ConfigError('ADMIN_API_KEY', 'is not set', fix);
  if (key.length < 16 || weakKeys.has(key.toLowerCase())) {
    throw new ConfigError('ADMIN_API_KEY', 'is too easy to guess', fix);
  }
  return key;
}
