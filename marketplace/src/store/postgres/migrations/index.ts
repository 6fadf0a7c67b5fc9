import { accounts } from './0001-accounts.ts';
import { jobs } from './0002-jobs.ts';
import { executions } from './0003-executions.ts';
import { ledger } from './0004-ledger.ts';
import { payouts } from './0005-payouts.ts';
import { deposits } from './0006-deposits.ts';
import { x402 } from './0007-x402.ts';
import { schedules } from './0008-schedules.ts';
import { writers } from './0009-writers.ts';
import { logRemovals } from './0010-log-removals.ts';
import { auditLog } from './0011-audit-log.ts';
import { artifacts } from './0012-artifacts.ts';
import { replicas } from './0013-replicas.ts';
import { webhooks } from './0014-webhooks.ts';
import { dataKeys } from './0015-data-keys.ts';
import { alerts } from './0016-alerts.ts';
import { homeChanges } from './0017-home-changes.ts';
import { gpuProofs } from './0018-gpu-proofs.ts';
import { resolvedAlerts } from './0019-resolved-alerts.ts';
import { jobTypes } from './0020-job-types.ts';
import { artifactRemovals } from './0021-artifact-removals.ts';
import { jobUsage } from './0022-job-usage.ts';
import { imagePulls } from './0023-image-pulls.ts';
import { keyScopes } from './0024-key-scopes.ts';
import { sharing } from './0025-sharing.ts';
import { signIn } from './0026-sign-in.ts';
import { templateGallery } from './0027-template-gallery.ts';
import { workProgress } from './0028-work-progress.ts';
import { flows } from './0029-flows.ts';
import { providers } from './0030-providers.ts';
import { executionUsage } from './0031-execution-usage.ts';
import { statements } from './0032-statements.ts';
import { marketReads } from './0033-market-reads.ts';
import { operatorPages } from './0034-operator-pages.ts';
import { endedJobs } from './0035-ended-jobs.ts';
import { scheduleKeys } from './0036-schedule-keys.ts';
import { galleryByUses } from './0037-gallery-by-uses.ts';
import { alertFacts } from './0038-alert-facts.ts';
import { agentsByState } from './0039-agents-by-state.ts';
import { jobLabels } from './0040-job-labels.ts';
import { agentDays } from './0041-agent-days.ts';

export interface Migration {
  name: string;
  /** Any number of statements. Every `TEXT` in it is compared byte by byte, as in SQLite. */
  sql: string;
}

/**
 * In order; a released migration is never edited. The first ones are SQLite's 21 as one state.
 * A migration of SQLite that adds tables or columns has its twin here, at the end of the list;
 * `postgres-schema.test.ts` names what is missing.
 */
export const migrations: readonly Migration[] = [
  accounts,
  jobs,
  executions,
  ledger,
  payouts,
  deposits,
  x402,
  schedules,
  writers,
  logRemovals,
  auditLog,
  artifacts,
  replicas,
  webhooks,
  dataKeys,
  alerts,
  homeChanges,
  gpuProofs,
  resolvedAlerts,
  jobTypes,
  artifactRemovals,
  jobUsage,
  imagePulls,
  keyScopes,
  sharing,
  signIn,
  templateGallery,
  workProgress,
  flows,
  providers,
  executionUsage,
  statements,
  marketReads,
  operatorPages,
  endedJobs,
  scheduleKeys,
  galleryByUses,
  alertFacts,
  agentsByState,
  jobLabels,
  agentDays,
];
