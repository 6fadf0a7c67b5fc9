import { grpcLimits } from '@node3/shared/grpc-limits';
import { limits } from '@node3/shared/limits';
import {
  credentialsSetting,
  logLevelSetting,
  watchingSettings,
} from '@node3/shared/service-settings';
import type { SettingGroup } from '@node3/shared/setting';
import { artifactDefaults } from './artifact-config.ts';
import { grpcPortDefault } from './grpc-config.ts';

/** Every environment variable of the marketplace: the reference and the example file come from here. */
export const marketplaceSettings: readonly SettingGroup[] = [
  {
    title: 'Where it listens and keeps its data',
    settings: [
      {
        name: 'ENVIRONMENT',
        about: '`development` or `production`; production refuses missing and weak keys.',
        fallback: 'production',
      },
      {
        name: 'MARKETPLACE_HOST',
        about: 'Address to listen on. Beyond loopback, put a proxy with TLS in front.',
        fallback: '127.0.0.1',
      },
      { name: 'MARKETPLACE_PORT', about: 'Port to listen on; 0 takes any.', fallback: '8000' },
      { name: 'PORT', about: 'The same, for platforms that set it.', fallback: null },
      {
        name: 'GRPC_PORT',
        about:
          'Port of gRPC; 0 takes any, `off` serves none. [Hodei](../guides/migrate-from-hodei.md)',
        fallback: String(grpcPortDefault),
      },
      {
        name: 'GRPC_HOST',
        about: 'Address to listen on for it. Beyond loopback it needs TLS.',
        fallback: '127.0.0.1',
      },
      {
        name: 'GRPC_TLS_CERT',
        about: 'Its certificate with those that signed it, a PEM file.',
        fallback: null,
      },
      { name: 'GRPC_TLS_KEY', about: 'The key of that certificate.', fallback: null },
      {
        name: 'GRPC_TLS_CLIENT_CA',
        about: 'Who signs the certificates of clients; with it every client has to show one.',
        fallback: null,
      },
      {
        name: 'GRPC_CONNECTIONS_MAX',
        about:
          'Connections at once, and from one address half of them; one more is closed before it is read.',
        fallback: String(grpcLimits.connectionsDefault),
      },
      {
        name: 'MARKETPLACE_PUBLIC_URL',
        about: 'Address under which others reach the marketplace.',
        fallback: null,
        example: 'https://market.example',
      },
      {
        name: 'TRUSTED_PROXIES',
        about:
          'Addresses or networks of the proxies in front, separated by commas: limits for each client address need them.',
        fallback: null,
        example: '10.0.0.0/24',
      },
      {
        name: 'CORS_ORIGINS',
        about:
          'Origins whose pages may call the API with a key, separated by commas; without it none may. [signing in](../guides/authentication.md)',
        fallback: null,
        example: 'https://app.example',
      },
      {
        name: 'UNITS_PER_MINUTE',
        about:
          'What one key of an account may ask for in a minute, in units, from each replica: 100 at least, or 0, which counts nothing. [the REST API](../guides/rest-api.md)',
        fallback: String(limits.unitsPerMinuteDefault),
      },
      {
        name: 'MARKETPLACE_DATA_DIR',
        about: 'Folder for secrets, the wallet and, unless told otherwise, the database.',
        fallback: '.node3/marketplace',
      },
      {
        name: 'DATABASE_URL',
        about:
          'Where the database is: `sqlite:///path/to/file.db`, or `postgresql://user:password@host:5432/database`.',
        fallback: null,
        example: 'sqlite:////var/lib/node3/marketplace.db',
      },
      {
        name: 'HODEI_DATABASE_URL',
        about:
          'The same, where DATABASE_URL is not set. [from Hodei](../guides/migrate-from-hodei.md)',
        fallback: null,
      },
      {
        name: 'DISK_RESERVE_BYTES',
        about:
          'Bytes that stay free on each disk for what runs already: below them new work is refused; 0 refuses nothing.',
        fallback: String(limits.diskReserveBytesDefault),
      },
      {
        name: 'DASHBOARD_DIR',
        about: 'Folder of the built web app; without it the API is served alone.',
        fallback: null,
      },
      {
        name: 'LOG_RETENTION_DAYS',
        about: 'Days that the log of an ended job is kept; 0 keeps it for ever.',
        fallback: '30',
      },
      logLevelSetting,
    ],
  },
  {
    title: 'Files of jobs',
    settings: [
      {
        name: 'CODE_BYTES_MAX',
        about: `Bytes of a script that stands in its job, at most ${limits.codeBytesMax}; longer code is an input file.`,
        fallback: String(limits.codeBytes),
      },
      {
        name: 'ARTIFACT_BYTES_MAX',
        about: 'Bytes of all artifacts together; past them nothing more is taken.',
        fallback: String(artifactDefaults.bytesMax),
      },
      {
        name: 'ARTIFACT_BYTES_PER_ACCOUNT',
        about: 'Bytes of the artifacts of one account.',
        fallback: String(artifactDefaults.bytesPerAccount),
      },
      {
        name: 'ARTIFACT_KEEP_DAYS',
        about: 'Days that an artifact is kept.',
        fallback: String(artifactDefaults.keepDays),
      },
      {
        name: 'ARTIFACT_S3_BUCKET',
        about: 'Bucket of a store that speaks S3; without it artifacts lie in the data folder.',
        fallback: null,
        example: 'node3-artifacts',
      },
      {
        name: 'ARTIFACT_S3_ENDPOINT',
        about: 'Address of that store; without it it is Amazon S3.',
        fallback: null,
        example: 'https://s3.example.com',
      },
      { name: 'ARTIFACT_S3_REGION', about: 'Region of the bucket.', fallback: 'us-east-1' },
      {
        name: 'ARTIFACT_S3_PREFIX',
        about: 'Put before every key in the bucket.',
        fallback: null,
        example: 'node3/',
      },
      { name: 'ARTIFACT_S3_ACCESS_KEY_ID', about: 'Key of the bucket.', fallback: null },
      { name: 'ARTIFACT_S3_SECRET_ACCESS_KEY', about: 'Its secret.', fallback: null },
      {
        name: 'ARTIFACT_S3_PATH_STYLE',
        about:
          'Whether the bucket stands in the path and not before the host, as most others want.',
        fallback: 'false',
      },
    ],
  },
  {
    title: 'Who may do what',
    settings: [
      {
        name: 'ADMIN_API_KEY',
        about: "The operator's key, at least 16 random characters: `openssl rand -base64 32`.",
        fallback: null,
      },
      {
        name: 'ALERT_AGENT_OFFLINE_SEC',
        about: 'How long an agent is silent before its owner is told.',
        fallback: '120',
      },
      {
        name: 'ALERT_QUEUE_OLDEST_SEC',
        about: 'How long a job waits before the operator is told.',
        fallback: '600',
      },
      {
        name: 'ALERT_PAYMENT_PENDING_SEC',
        about: 'How long a payout is due before the operator is told.',
        fallback: '300',
      },
      {
        name: 'ALERT_WEBHOOK_FAILING_SEC',
        about: 'How long a webhook fails before its account is told.',
        fallback: '3600',
      },
      {
        name: 'ALERT_DISK_FREE_PERCENT',
        about: 'How much of the disk is free when the operator is told.',
        fallback: '10',
      },
      {
        name: 'ALERT_TREASURY_SOL',
        about: 'With how much SOL in the treasury the operator is told.',
        fallback: '1',
      },
      {
        name: 'ALERT_BALANCE_SOL',
        about: 'With how much SOL an account that posts jobs is told.',
        fallback: '0.01',
      },
      {
        name: 'ALERT_BALANCE_USDC',
        about: 'The same in USDC.',
        fallback: '1',
      },
      {
        name: 'ALERT_RETENTION_DAYS',
        about: 'How long alerts that are over are kept.',
        fallback: '90',
      },
      {
        name: 'WEBHOOK_NETWORKS',
        about: 'Private networks that webhooks may lead to, on any port; for development.',
        fallback: null,
        example: '127.0.0.0/8',
      },
      {
        name: 'FLOW_NETWORKS',
        about:
          'Private networks that every requester may read from with requests of flows, on any port.',
        fallback: null,
        example: '10.20.0.0/16',
      },
      {
        name: 'AUDIT_IP',
        about: 'What the audit log keeps of addresses: `truncated`, `full` or `none`.',
        fallback: 'truncated',
      },
      {
        name: 'AUDIT_RETENTION_DAYS',
        about: 'How long entries of the audit log are kept.',
        fallback: '90',
      },
      {
        name: 'SECRET_KEYS_FILE',
        about:
          'Keys that protect secrets of jobs at rest, outside of the data folder; production needs it. [secrets](../guides/secrets.md)',
        fallback: null,
        example: '/etc/node3/secret-keys',
      },
      {
        name: 'REGISTRATION_TOKEN_REQUIRED',
        about: 'Whether agents register with a one-time token of the operator only.',
        fallback: 'false',
      },
      {
        name: 'ALLOW_UNPROVEN_WALLETS',
        about: 'Whether agents that prove no wallet may register without a token off localnet.',
        fallback: 'false',
      },
    ],
  },
  {
    title: 'Chain and wallets',
    settings: [
      {
        name: 'SOLANA_RPC_URL',
        about: 'One or several Solana endpoints of the same cluster, separated by commas.',
        fallback: 'http://127.0.0.1:8899',
      },
      {
        name: 'ALLOW_MAINNET',
        about: 'A deliberate yes to real money.',
        fallback: 'false',
      },
      {
        name: 'MARKETPLACE_WALLET_PATH',
        about:
          'Keypair file of the treasury. Without it: `marketplace_wallet.json` in the data folder.',
        fallback: null,
      },
      {
        name: 'MARKETPLACE_WALLET_PASSPHRASE_FILE',
        about: 'File (mode 0600) with the passphrase of that wallet.',
        fallback: null,
      },
      credentialsSetting,
      {
        name: 'ALLOW_UNENCRYPTED_WALLET',
        about: 'A deliberate yes to real money in a plain wallet file.',
        fallback: 'false',
      },
      {
        name: 'X402_FEE_PAYER_WALLET_PATH',
        about: 'A wallet of its own for the network fees of x402 payments.',
        fallback: null,
      },
      {
        name: 'X402_FEE_PAYER_WALLET_PASSPHRASE_FILE',
        about: 'File (mode 0600) with its passphrase.',
        fallback: null,
      },
      {
        name: 'EXPLORER_URL',
        about:
          "Where transactions are shown, with `{signature}` and perhaps `{cluster}`; without it Solana's explorer.",
        fallback: null,
        example: 'https://explorer.example/tx/{signature}?cluster={cluster}',
      },
    ],
  },
  {
    title: 'Prices, caps and payouts',
    settings: [
      {
        name: 'FEE_BASIS_POINTS',
        about: 'Fee on what providers earn, in hundredths of a percent.',
        fallback: '500',
      },
      { name: 'QUOTE_SEC', about: 'Seconds that a quoted price stands.', fallback: '60' },
      {
        name: 'PAYOUT_HOLDBACK_SEC',
        about: 'Seconds between the acceptance of a result and its payout.',
        fallback: '0',
      },
      ...caps('SPEND_CAP_JOB', 'The most that one job may cost'),
      ...caps('SPEND_CAP_OPEN', 'The most that an account may have in open jobs'),
      ...caps('SPEND_CAP_DAY', 'The most that an account may spend a day (UTC)'),
      ...caps('PAYOUT_MAX', 'The most that one payout may be'),
      ...caps('PAYOUT_HOUR_MAX', 'The most that may be paid out an hour'),
      ...caps('PAYOUT_DAY_MAX', 'The most that may be paid out a day'),
      { name: 'X402_ENABLED', about: 'Whether requests may be paid by x402.', fallback: 'true' },
      {
        name: 'X402_DAILY_FEE_LAMPORTS',
        about: 'Network fees that x402 payers may cause in any 24 hours, lamports.',
        fallback: '50000000',
      },
    ],
  },
  {
    title: 'Watching it',
    settings: [
      {
        name: 'METRICS_ENABLED',
        about: 'Whether anything is measured, and shown at /metrics.',
        fallback: 'true',
      },
      ...watchingSettings,
    ],
  },
];

function caps(prefix: string, about: string) {
  return (['SOL', 'USDC'] as const).map((asset) => ({
    name: `${prefix}_${asset}`,
    about: `${about}, in ${asset}.`,
    fallback: null,
    example: asset === 'SOL' ? '1' : '100',
  }));
}
