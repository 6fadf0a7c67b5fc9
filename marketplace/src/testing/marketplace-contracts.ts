import type { RouteContract } from '@node3/shared/contract';
import * as accountRoutes from '@node3/shared/routes/accounts';
import * as adminRoutes from '@node3/shared/routes/admin';
import * as adminAccountRoutes from '@node3/shared/routes/admin-accounts';
import * as adminAgentRoutes from '@node3/shared/routes/admin-agents';
import * as adminJobRoutes from '@node3/shared/routes/admin-jobs';
import * as adminOverviewRoutes from '@node3/shared/routes/admin-overview';
import * as adminWebhookRoutes from '@node3/shared/routes/admin-webhooks';
import * as agentIdentityRoutes from '@node3/shared/routes/agent-identity';
import * as agentRoutes from '@node3/shared/routes/agents';
import * as alertRoutes from '@node3/shared/routes/alerts';
import * as artifactRoutes from '@node3/shared/routes/artifacts';
import * as auditRoutes from '@node3/shared/routes/audit';
import * as authRoutes from '@node3/shared/routes/auth';
import * as bacalhauRoutes from '@node3/shared/routes/bacalhau';
import * as bacalhauNodeRoutes from '@node3/shared/routes/bacalhau-nodes';
import * as backupRoutes from '@node3/shared/routes/backup';
import * as capRoutes from '@node3/shared/routes/caps';
import * as depositRoutes from '@node3/shared/routes/deposits';
import * as deviceLoginRoutes from '@node3/shared/routes/device-logins';
import * as eventRoutes from '@node3/shared/routes/events';
import * as explainRoutes from '@node3/shared/routes/explain';
import * as fleetRoutes from '@node3/shared/routes/fleet';
import * as flowRoutes from '@node3/shared/routes/flows';
import * as galaksioRoutes from '@node3/shared/routes/galaksio';
import * as galaksioBrokerRoutes from '@node3/shared/routes/galaksio-broker';
import * as gpuProofRoutes from '@node3/shared/routes/gpu-proofs';
import * as healthRoutes from '@node3/shared/routes/health';
import * as hodeiRoutes from '@node3/shared/routes/hodei';
import * as hodeiPlatformRoutes from '@node3/shared/routes/hodei-platform';
import * as bulkRoutes from '@node3/shared/routes/job-bulk';
import * as jobImportRoutes from '@node3/shared/routes/job-import';
import * as jobLinkRoutes from '@node3/shared/routes/job-links';
import * as jobMetricRoutes from '@node3/shared/routes/job-metrics';
import * as jobResourceRoutes from '@node3/shared/routes/job-resources';
import * as jobRoutes from '@node3/shared/routes/jobs';
import * as keyRoutes from '@node3/shared/routes/keys';
import * as ledgerRoutes from '@node3/shared/routes/ledger';
import * as marketplaceRoutes from '@node3/shared/routes/marketplace';
import * as node3Routes from '@node3/shared/routes/node3';
import * as node3ReadRoutes from '@node3/shared/routes/node3-reads';
import * as offerRoutes from '@node3/shared/routes/offers';
import * as ownOverviewRoutes from '@node3/shared/routes/own-overview';
import * as payoutRoutes from '@node3/shared/routes/payouts';
import * as priceRoutes from '@node3/shared/routes/prices';
import * as providerRoutes from '@node3/shared/routes/providers';
import * as publicProviderRoutes from '@node3/shared/routes/public-providers';
import * as quoteRoutes from '@node3/shared/routes/quotes';
import * as ratingRoutes from '@node3/shared/routes/ratings';
import * as receiptRoutes from '@node3/shared/routes/receipts';
import * as redmindRoutes from '@node3/shared/routes/redmind';
import * as reservationRoutes from '@node3/shared/routes/reservations';
import * as scheduleRoutes from '@node3/shared/routes/schedules';
import * as sessionRoutes from '@node3/shared/routes/sessions';
import * as snippetRoutes from '@node3/shared/routes/snippets';
import * as statementRoutes from '@node3/shared/routes/statements';
import * as switchRoutes from '@node3/shared/routes/switches';
import * as templateRoutes from '@node3/shared/routes/templates';
import * as usageRoutes from '@node3/shared/routes/usage';
import * as webhookRoutes from '@node3/shared/routes/webhooks';
import * as withdrawalRoutes from '@node3/shared/routes/withdrawals';
import * as x402Routes from '@node3/shared/routes/x402';

function isContract(value: unknown): value is RouteContract {
  return typeof value === 'object' && value !== null && 'method' in value && 'audience' in value;
}

/** Every endpoint of the marketplace; a test compares it with what the server serves. */
export const marketplaceContracts: RouteContract[] = [
  accountRoutes,
  depositRoutes,
  withdrawalRoutes,
  adminRoutes,
  agentRoutes,
  artifactRoutes,
  backupRoutes,
  authRoutes,
  sessionRoutes,
  deviceLoginRoutes,
  healthRoutes,
  jobResourceRoutes,
  jobRoutes,
  jobLinkRoutes,
  ledgerRoutes,
  marketplaceRoutes,
  offerRoutes,
  ownOverviewRoutes,
  priceRoutes,
  publicProviderRoutes,
  x402Routes,
  galaksioRoutes,
  galaksioBrokerRoutes,
  payoutRoutes,
  capRoutes,
  usageRoutes,
  statementRoutes,
  quoteRoutes,
  receiptRoutes,
  snippetRoutes,
  templateRoutes,
  reservationRoutes,
  scheduleRoutes,
  flowRoutes,
  redmindRoutes,
  explainRoutes,
  bulkRoutes,
  jobImportRoutes,
  gpuProofRoutes,
  adminAgentRoutes,
  fleetRoutes,
  providerRoutes,
  agentIdentityRoutes,
  keyRoutes,
  ratingRoutes,
  node3Routes,
  node3ReadRoutes,
  hodeiRoutes,
  hodeiPlatformRoutes,
  bacalhauRoutes,
  bacalhauNodeRoutes,
  auditRoutes,
  eventRoutes,
  webhookRoutes,
  alertRoutes,
  switchRoutes,
  jobMetricRoutes,
  adminOverviewRoutes,
  adminJobRoutes,
  adminAccountRoutes,
  adminWebhookRoutes,
].flatMap((routes) => Object.values<unknown>(routes).filter(isContract));
