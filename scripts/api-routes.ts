import type { RouteContract } from '@node3/shared/contract';
import * as accounts from '@node3/shared/routes/accounts';
import * as admin from '@node3/shared/routes/admin';
import * as adminAccounts from '@node3/shared/routes/admin-accounts';
import * as adminAgents from '@node3/shared/routes/admin-agents';
import * as adminJobs from '@node3/shared/routes/admin-jobs';
import * as adminOverview from '@node3/shared/routes/admin-overview';
import * as adminWebhooks from '@node3/shared/routes/admin-webhooks';
import * as agentDevices from '@node3/shared/routes/agent-devices';
import * as agentIdentity from '@node3/shared/routes/agent-identity';
import * as agentLocal from '@node3/shared/routes/agent-local';
import * as agentMoney from '@node3/shared/routes/agent-money';
import * as agentUpkeep from '@node3/shared/routes/agent-upkeep';
import * as agentWork from '@node3/shared/routes/agent-work';
import * as agents from '@node3/shared/routes/agents';
import * as alerts from '@node3/shared/routes/alerts';
import * as artifacts from '@node3/shared/routes/artifacts';
import * as audit from '@node3/shared/routes/audit';
import * as auth from '@node3/shared/routes/auth';
import * as bacalhau from '@node3/shared/routes/bacalhau';
import * as bacalhauNodes from '@node3/shared/routes/bacalhau-nodes';
import * as backup from '@node3/shared/routes/backup';
import * as caps from '@node3/shared/routes/caps';
import * as deposits from '@node3/shared/routes/deposits';
import * as deviceLogins from '@node3/shared/routes/device-logins';
import * as events from '@node3/shared/routes/events';
import * as explain from '@node3/shared/routes/explain';
import * as fleet from '@node3/shared/routes/fleet';
import * as flows from '@node3/shared/routes/flows';
import * as galaksio from '@node3/shared/routes/galaksio';
import * as galaksioBroker from '@node3/shared/routes/galaksio-broker';
import * as gpuProofs from '@node3/shared/routes/gpu-proofs';
import * as health from '@node3/shared/routes/health';
import * as hodei from '@node3/shared/routes/hodei';
import * as hodeiPlatform from '@node3/shared/routes/hodei-platform';
import * as jobBulk from '@node3/shared/routes/job-bulk';
import * as jobImport from '@node3/shared/routes/job-import';
import * as jobLinks from '@node3/shared/routes/job-links';
import * as jobMetrics from '@node3/shared/routes/job-metrics';
import * as jobResources from '@node3/shared/routes/job-resources';
import * as jobs from '@node3/shared/routes/jobs';
import * as keys from '@node3/shared/routes/keys';
import * as ledger from '@node3/shared/routes/ledger';
import * as marketplace from '@node3/shared/routes/marketplace';
import * as node3 from '@node3/shared/routes/node3';
import * as node3Agent from '@node3/shared/routes/node3-agent';
import * as node3Reads from '@node3/shared/routes/node3-reads';
import * as offers from '@node3/shared/routes/offers';
import * as ownOverview from '@node3/shared/routes/own-overview';
import * as payouts from '@node3/shared/routes/payouts';
import * as prices from '@node3/shared/routes/prices';
import * as providers from '@node3/shared/routes/providers';
import * as publicProviders from '@node3/shared/routes/public-providers';
import * as quotes from '@node3/shared/routes/quotes';
import * as ratings from '@node3/shared/routes/ratings';
import * as receipts from '@node3/shared/routes/receipts';
import * as redmind from '@node3/shared/routes/redmind';
import * as reservations from '@node3/shared/routes/reservations';
import * as schedules from '@node3/shared/routes/schedules';
import * as sessions from '@node3/shared/routes/sessions';
import * as snippets from '@node3/shared/routes/snippets';
import * as statements from '@node3/shared/routes/statements';
import * as switches from '@node3/shared/routes/switches';
import * as templates from '@node3/shared/routes/templates';
import * as usage from '@node3/shared/routes/usage';
import * as webhooks from '@node3/shared/routes/webhooks';
import * as withdrawals from '@node3/shared/routes/withdrawals';
import * as x402 from '@node3/shared/routes/x402';

function isContract(value: unknown): value is RouteContract {
  return typeof value === 'object' && value !== null && 'method' in value && 'audience' in value;
}

/** Every endpoint there is, in the order of the documents. */
export const apiRoutes: RouteContract[] = [
  health,
  marketplace,
  offers,
  prices,
  publicProviders,
  switches,
  auth,
  sessions,
  deviceLogins,
  accounts,
  ownOverview,
  deposits,
  keys,
  ratings,
  caps,
  usage,
  statements,
  jobMetrics,
  quotes,
  withdrawals,
  receipts,
  jobs,
  jobResources,
  jobLinks,
  explain,
  events,
  webhooks,
  alerts,
  jobBulk,
  jobImport,
  artifacts,
  backup,
  snippets,
  templates,
  schedules,
  flows,
  redmind,
  x402,
  galaksio,
  galaksioBroker,
  node3,
  node3Reads,
  hodei,
  hodeiPlatform,
  bacalhau,
  bacalhauNodes,
  agents,
  gpuProofs,
  agentIdentity,
  admin,
  adminOverview,
  adminAgents,
  fleet,
  adminJobs,
  adminAccounts,
  adminWebhooks,
  providers,
  reservations,
  payouts,
  ledger,
  audit,
  agentLocal,
  agentDevices,
  agentWork,
  agentMoney,
  agentUpkeep,
  node3Agent,
].flatMap((module) => Object.values<unknown>(module).filter(isContract));
