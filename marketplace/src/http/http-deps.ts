import type { Clock } from '@node3/shared/clock';
import type { Logger } from '@node3/shared/logger';
import type { Health } from '@node3/shared/routes/health';
import type { ProofChecker } from '../gpu-proof/proof-checker.ts';
import type { LiveFeed } from '../live/live-feed.ts';
import type { Measures } from '../observability/measures.ts';
import type { DepositSource } from '../payments/deposit-source.ts';
import type { PayoutSwitch } from '../payments/payout-switch.ts';
import type { Treasury } from '../payments/treasury-port.ts';
import type { WalletTransfers } from '../payments/wallet-transfers.ts';
import type { AgentHomes } from '../services/agent-homes.ts';
import type { AgentLinks } from '../services/agent-links.ts';
import type { AgentOrders } from '../services/agent-orders.ts';
import type { ArtifactDeps } from '../services/artifact-deps.ts';
import type { AuditAddress } from '../services/audit-address.ts';
import type { AuthFailures } from '../services/auth-failures.ts';
import type { JobChangeDeps } from '../services/change-job.ts';
import type { LeaseDeps } from '../services/claim-job.ts';
import type { DiskRoom } from '../services/disk-room.ts';
import type { GpuProofNotices } from '../services/gpu-proof-notices.ts';
import type { Intake } from '../services/intake.ts';
import type { JobTokens } from '../services/job-token.ts';
import type { KeyHolders } from '../services/key-holders.ts';
import type { KnownKeys } from '../services/known-keys.ts';
import type { LeaseAmnesty } from '../services/lease-amnesty.ts';
import type { LeaseTokens } from '../services/lease-token.ts';
import type { LogRates } from '../services/log-rates.ts';
import type { ScheduleDeps } from '../services/manage-schedules.ts';
import type { WebhookDeps } from '../services/manage-webhooks.ts';
import type { PayoutOperation } from '../services/operate-payouts.ts';
import type { OwnWallets } from '../services/own-wallets.ts';
import type { PayForJobDeps } from '../services/pay-for-job.ts';
import type { PollTurns } from '../services/poll-turns.ts';
import type { Presence } from '../services/presence.ts';
import type { LedgerProofs } from '../services/prove-ledger.ts';
import type { ProviderRegistry } from '../services/provider-registry.ts';
import type { QuoteDeps } from '../services/quote-job.ts';
import type { ReceiptDeps } from '../services/read-receipt.ts';
import type { RegistrationPolicy } from '../services/register-agent.ts';
import type { Reservations } from '../services/reservations.ts';
import type { CapDeps } from '../services/spending-caps.ts';
import type { StartDeps as FlowRunDeps } from '../services/start-flow-run.ts';
import type { ProviderSync } from '../services/sync-providers.ts';
import type { Backups } from '../services/take-backup.ts';
import type { UsageBook } from '../services/usage-book.ts';
import type { Store } from '../store/store.ts';
import type { Authenticator } from './auth.ts';

/** What the routes call. Each route takes the few of these that it needs. */
export interface HttpDeps
  extends JobChangeDeps,
    PayForJobDeps,
    QuoteDeps,
    ReceiptDeps,
    CapDeps,
    ScheduleDeps,
    FlowRunDeps,
    ArtifactDeps,
    WebhookDeps {
  backups: Pick<Backups, 'take'>;
  room: DiskRoom;
  usageBook: UsageBook;
  intake: Intake;
  auth: Authenticator;
  authFailures: AuthFailures;
  /** How much of an address the audit log keeps. */
  auditAddress: AuditAddress;
  store: Store;
  clock: Clock;
  log: Logger;
  feed: LiveFeed;
  leases: LeaseTokens;
  leaseAmnesty: Pick<LeaseAmnesty, 'grant' | 'renewalFailed'>;
  logRates: LogRates;
  offerOf: LeaseDeps['offerOf'];
  jobTokens: JobTokens;
  homes: AgentHomes;
  presence: Presence;
  measures: Measures;
  providers: ProviderRegistry;
  providerSync: ProviderSync;
  reservations: Reservations;
  pollTurns: PollTurns;
  agentLinks: AgentLinks;
  keyHolders: KeyHolders;
  knownKeys: KnownKeys;
  orders: AgentOrders;
  gpuProofs: GpuProofNotices;
  proofChecker: ProofChecker;
  registration: RegistrationPolicy;
  /** Whether the seed's agents, which prove no wallet, register without a token too. */
  unprovenWallets: 'allowed' | 'refused';
  treasury: Treasury;
  ownWallets: OwnWallets;
  payouts: PayoutOperation;
  deposits: DepositSource;
  walletTransfers: WalletTransfers;
  ledger: LedgerProofs;
  payoutSwitch: PayoutSwitch;
  cluster: NonNullable<Health['cluster']>;
  version: string;
  /** The configured address of this marketplace; null when there is none. */
  publicUrl: string | null;
  /** Aborted when the service stops: ends long polls and streams. */
  stopping: AbortSignal;
  operatorAccountId: string;
  readHealth(): Promise<Health>;
  explorerUrl: (signature: string) => string | null;
}
