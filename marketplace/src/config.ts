import type { FetchAllowance } from '@node3/shared/fetch/fetch-rules';
import type { DefaultImages } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import type { LogFormat, LogLevel } from '@node3/shared/logger';
import { type Asset, type BaseUnits, baseUnits } from '@node3/shared/money';
import type { PassphraseSource } from '@node3/shared/passphrase';
import { type TracingConfig, tracingOff } from '@node3/shared/tracing';
import { type ArtifactConfig, artifactDefaults } from './artifact-config.ts';
import type { AlertThresholds } from './domain/alert-conditions.ts';
import { type Caps, noCaps } from './domain/spending-caps.ts';
import type { GrpcConfig } from './grpc-config.ts';
import type { WalletFile } from './payments/keys/load-wallets.ts';
import type { PayoutCapSettings } from './payments/keys/payout-cap-settings.ts';
import type { AuditAddress } from './services/audit-address.ts';
import type { DatabaseAddress } from './store/database-address.ts';

/** Everything the marketplace can be told. Paths are files or folders, ports may be 0 for any. */
export interface MarketplaceConfig {
  host: string;
  port: number;
  /** null: no gRPC. */
  grpc: GrpcConfig | null;
  /** Wallet, secrets and, unless `database` says otherwise, the database. */
  dataDir: string;
  database: DatabaseAddress;
  /** One or several Solana endpoints of the same cluster. */
  rpcUrls: string[];
  /** Real money needs a deliberate yes. */
  allowMainnet: boolean;
  treasuryWalletPath: string;
  /** Keys for secrets at rest; null makes one in the data folder. */
  secretKeysFile: string | null;
  /** Asked when that wallet file is encrypted. */
  treasuryPassphrase: PassphraseSource;
  /** Real money in a plain wallet file needs a deliberate yes too. */
  allowUnencryptedWallet: boolean;
  /** A key of its own for the network fees of x402 payments; null takes the treasury's. */
  feePayerWallet: WalletFile | null;
  /** Where the operator wants other caps than the cluster's defaults. */
  payoutCaps: PayoutCapSettings;
  adminApiKey: string;
  /** How much of an address the audit log keeps, and for how many days it is kept. */
  audit: { address: AuditAddress; retentionDays: number };
  /** Private networks and other ports that webhooks may lead to; none without a deliberate yes. */
  webhookAllow: FetchAllowance;
  /** The same for requests of flows, whose answers their requesters read. */
  flowAllow: FetchAllowance;
  /** Where alerts begin. */
  alerts: AlertThresholds;
  /** The marketplace's fee on what providers earn: 500 is 5 %. */
  feeBasisPoints: number;
  /** Caps that hold for every account, whatever it sets for itself. */
  operatorCaps: Record<Asset, Caps>;
  /** The longest inline code that is taken. */
  codeBytesMax: number;
  /** Seconds that a quoted price stands. */
  quoteSec: number;
  /** Seconds between the acceptance of a result and its payout, for disputes. */
  holdbackSec: number;
  /** Days that the log of an ended job is kept; 0 keeps it for ever. */
  logRetentionDays: number;
  /** Whether requests may be paid with themselves, by x402. */
  x402Enabled: boolean;
  /** Network fees that x402 payers may make us spend in any 24 hours, lamports. */
  x402DailyFeeLamportsMax: BaseUnits;
  /** Whether agents register freely, or with a one-time token of the operator only. */
  registration: 'open' | 'token';
  /** Whether the seed's agents, which prove no wallet, may register without a token off localnet. */
  unprovenWallets: 'allowed' | 'refused';
  artifacts: ArtifactConfig;
  /** What a key of an account may ask for in a minute; 0 counts nothing. */
  unitsPerMinute: number;
  /** Bytes that new work leaves free on each disk; 0 refuses nothing. */
  diskReserveBytes: number;
  defaultImages: DefaultImages;
  /** Address under which others reach us, such as `https://market.example`; null on one machine. */
  publicUrl: string | null;
  /** Where transactions are shown, with {signature} and perhaps {cluster}; null is Solana's explorer. */
  explorerUrl: string | null;
  /** Addresses and networks of the proxies in front of us; empty where there is none. */
  trustedProxies: string[];
  /** Pages of these origins may call the API. */
  corsOrigins: string[];
  /** Built web app; null serves the API alone. */
  dashboardDir: string | null;
  logLevel: LogLevel;
  logFormat: LogFormat;
  observability: ObservabilityConfig;
}

/** What is measured, and who may look. */
export interface ObservabilityConfig {
  metrics: 'on' | 'off';
  /** Bearer token of whoever scrapes /metrics; null lets in programs of this machine alone. */
  metricsToken: string | null;
  /** The commit that runs, where whoever built it says so. */
  commit: string | null;
  tracing: TracingConfig;
}

export const observabilityDefaults: ObservabilityConfig = {
  metrics: 'on',
  metricsToken: null,
  commit: null,
  tracing: tracingOff,
};

/** What an operator charges and allows who says nothing about it. */
export const pricingDefaults = {
  grpc: null,
  feeBasisPoints: 500,
  holdbackSec: 0,
  logRetentionDays: 30,
  secretKeysFile: null,
  x402Enabled: true,
  // About five thousand payments.
  x402DailyFeeLamportsMax: baseUnits(50_000_000n),
  operatorCaps: { SOL: noCaps, USDC: noCaps },
  codeBytesMax: limits.codeBytes,
  quoteSec: 60,
  explorerUrl: null,
  audit: { address: 'truncated', retentionDays: limits.auditRetentionDays },
  webhookAllow: {},
  flowAllow: {},
  alerts: {
    resolvedKeptMs: limits.alertRetentionDays * 86_400_000,
    agentOfflineMs: 120_000,
    queueOldestMs: 600_000,
    paymentPendingMs: 300_000,
    webhookFailingMs: 3_600_000,
    diskFreeRatio: 0.1,
    // The seed warns below one SOL.
    treasuryLamports: baseUnits(1_000_000_000n),
    balance: { SOL: baseUnits(10_000_000n), USDC: baseUnits(1_000_000n) },
  },
  registration: 'open',
  unprovenWallets: 'refused',
  artifacts: artifactDefaults,
  diskReserveBytes: limits.diskReserveBytesDefault,
  trustedProxies: [],
  corsOrigins: [],
  unitsPerMinute: limits.unitsPerMinuteDefault,
} satisfies Partial<MarketplaceConfig>;

/** Images for workloads that name none: the seeds' own choices, at current versions. */
export const defaultImages: DefaultImages = {
  container: 'docker.io/library/debian:12-slim',
  python: 'docker.io/library/python:3.12-slim',
  javascript: 'docker.io/library/node:24-slim',
  typescript: 'docker.io/library/node:24-slim',
  bash: 'docker.io/library/debian:12-slim',
};
